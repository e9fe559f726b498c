import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { FaultSpecError, parseFaults, startSimulator, type SimulatorOptions } from '../upstream-sim/index.ts';
import { UsageError, type Command } from './command.ts';

function parse(args: readonly string[]): SimulatorOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        token: { type: 'string' },
        faults: { type: 'string', default: '' },
        journal: { type: 'string' },
        seed: { type: 'string', default: '1' },
      },
    });
    const port = Number(values.port);
    if (!/^\d{1,5}$/.test(values.port ?? '') || port > 65_535) throw new UsageError('请用 --port 给出端口');
    if (!values.token) throw new UsageError('请用 --token 给出令牌');
    return {
      port,
      token: values.token,
      faults: parseFaults(values.faults),
      seed: values.seed,
      ...(values.journal === undefined ? {} : { journal: values.journal }),
    };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (error instanceof FaultSpecError || error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}

/** `credit upstream-sim`: runs until it is interrupted. */
export const upstreamSimCommand: Command = {
  usage: 'upstream-sim --port P --token T [--faults <spec>] [--journal FILE] [--seed S]',
  run: async (args) => {
    const options = parse(args);
    let simulator;
    try {
      simulator = await startSimulator(options);
    } catch (error) {
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
