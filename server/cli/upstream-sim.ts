import { once } from 'node:events';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  FaultSpecError,
  parseFaults,
  startDropSimulator,
  startSimulator,
  type DropSimulatorOptions,
  type SimulatorOptions,
} from '../upstream-sim/index.ts';
import { UsageError, type Command } from './command.ts';

type Options =
  | { readonly door: SimulatorOptions; readonly folder?: never }
  | { readonly folder: DropSimulatorOptions; readonly door?: never };

function portOf(text: string | undefined): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text ?? '') || port > 65_535)
    throw new UsageError('请用 --port 给出端口，或用 --drop 给出目录');
  return port;
}

function parse(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        token: { type: 'string' },
        drop: { type: 'string' },
        'no-holdings': { type: 'boolean', default: false },
        faults: { type: 'string', default: '' },
        journal: { type: 'string' },
        seed: { type: 'string', default: '1' },
      },
    });
    const { port, token, drop, seed, journal } = values;
    const shared = {
      faults: parseFaults(values.faults),
      seed,
      ...(journal === undefined ? {} : { journal }),
    };
    if (drop !== undefined) {
      if (port !== undefined || drop === '') throw new UsageError('--port 与 --drop 只能给出一个');
      return { folder: { directory: resolve(drop), holdings: !values['no-holdings'], ...shared } };
    }
    const given = portOf(port);
    if (!token) throw new UsageError('请用 --token 给出令牌');
    return { door: { port: given, token, ...shared } };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (error instanceof FaultSpecError || error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}

/** `credit upstream-sim`: runs until it is interrupted. */
export const upstreamSimCommand: Command = {
  usage:
    'upstream-sim (--port P --token T | --drop DIR [--no-holdings]) [--faults <spec>] [--journal FILE] [--seed S]',
  run: async (args) => {
    const { door, folder } = parse(args);
    let simulator;
    try {
      simulator = folder ? await startDropSimulator(folder) : await startSimulator(door);
    } catch (error) {
      if (error instanceof FaultSpecError) throw new UsageError(error.message);
      const { code } = error as { code?: string };
      if (code === undefined) throw error;
      console.error(`模拟平台不能启动：${code}`);
      return 2;
    }
    console.error(`模拟平台 ${simulator.url}`);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    await simulator.close();
    return 0;
  },
};
