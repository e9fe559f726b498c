import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemViewer } from '../../server/auth/viewer.ts';
import type { OutboxService, PlatformInput } from '../../server/modules/outbox/index.ts';
import {
  parseFaults,
  startDropSimulator,
  type DropSimulator,
  type DropSimulatorOptions,
} from '../../server/upstream-sim/index.ts';
import { readDropFile } from '../../server/upstream-sim/drop-file.ts';

/** A simulator on a folder that looks often. */
export function startDrop(
  directory: string,
  faults = '',
  options: Partial<DropSimulatorOptions> = {},
): Promise<DropSimulator> {
  return startDropSimulator({
    directory,
    faults: parseFaults(faults),
    pollMs: 10,
    lateMs: 100,
    slowMs: 20,
    ...options,
  });
}

export async function connectFolder(
  outbox: OutboxService,
  url: string,
  { code = 'province', ...rest }: Partial<PlatformInput> = {},
): Promise<void> {
  await outbox.setPlatform(systemViewer, { code, url, enabled: true, ...rest });
}

/** Names of the XML files the platform has taken, in the order of their numbers. */
export async function takenFiles(directory: string): Promise<string[]> {
  const names: string[] = [];
  for (const zip of (await readdir(join(directory, 'taken'))).sort())
    names.push(...(await readDropFile(await readFile(join(directory, 'taken', zip)))).names);
  return names.sort((a, b) => (a.slice(7) < b.slice(7) ? -1 : 1));
}

/** The numbers in them, day by day. */
export function numbersOf(names: readonly string[]): Map<string, number[]> {
  const days = new Map<string, number[]>();
  for (const name of names) {
    const [, day = '', number = ''] = name.replace('.xml', '').split('_');
    days.set(day, [...(days.get(day) ?? []), Number(number)]);
  }
  return days;
}
