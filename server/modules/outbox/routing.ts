import { readFileSync } from 'node:fs';
import type { RecordChange } from '../credit-record/index.ts';
import type { Generation } from '../template/index.ts';
import { loadCodeMaps } from './platforms/code-maps.ts';
import { checkNaming } from './platforms/file-names.ts';
import type { FileNaming } from './platforms/types.ts';

/** What a job does for a platform: nothing, compare, or also send again what the platform has lost. */
export type ReconciliationMode = 'OFF' | 'COMPARE' | 'REPAIR';

/** A list left out fits everything. */
interface Route {
  readonly kinds?: readonly string[];
  readonly counterpartKinds?: readonly string[];
  readonly sectors?: readonly string[];
}

export interface PlatformRouting {
  readonly code: string;
  readonly name: string;
  /** Edition of the national template it takes; feeds that have one edition are sent in that. */
  readonly template: Generation;
  /** Files of `schema/upstream` that say its own codes; needed for the state where the edition is an older one. */
  readonly codeMaps?: readonly string[];
  /** What names the files of a platform that is reached by a folder. */
  readonly files?: FileNaming;
  /** COMPARE when left out. */
  readonly dailyReconciliation?: ReconciliationMode;
  /** The same for the month before; COMPARE when left out. */
  readonly monthlyReconciliation?: ReconciliationMode;
  readonly routes: readonly Route[];
}

export type RoutingTable = readonly PlatformRouting[];

const FILE = new URL('../../../schema/upstream/routing.json', import.meta.url);

export function loadRouting(): RoutingTable {
  return (JSON.parse(readFileSync(FILE, 'utf8')) as { platforms: RoutingTable }).platforms;
}

/**
 * Finds what is wrong with a table before anything is sent by it.
 * @throws Error on a code map that cannot be read, an older edition without a map of the state (its codes mean
 * something else there), file names that cannot be formed
 */
export function checkRouting(table: RoutingTable): RoutingTable {
  for (const { code, template, codeMaps = [], files } of table) {
    const maps = loadCodeMaps(codeMaps);
    if (template !== 'g3' && !maps.has('state'))
      throw new RangeError(`platform ${code}: template ${template} needs a code map with the field state`);
    if (files) checkNaming(files);
  }
  return table;
}

/** Whether the record of the change goes to the platform; what came down from above goes nowhere. */
export function isRoutedTo(
  platform: PlatformRouting,
  {
    kind,
    counterpartKind,
    sector,
    origin,
  }: Pick<RecordChange, 'kind' | 'counterpartKind' | 'sector' | 'origin'>,
): boolean {
  if (origin !== undefined) return false;
  return platform.routes.some(
    ({ kinds, counterpartKinds, sectors }) =>
      (kinds?.includes(kind) ?? true) &&
      (counterpartKinds?.includes(counterpartKind) ?? true) &&
      (sectors?.includes(sector) ?? true),
  );
}
