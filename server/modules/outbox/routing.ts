import { readFileSync } from 'node:fs';
import type { RecordChange } from '../credit-record/index.ts';

/** What the daily job does for a platform: nothing, compare, or also send again what the platform has lost. */
export type DailyReconciliation = 'OFF' | 'COMPARE' | 'REPAIR';

/** A list left out fits everything. */
interface Route {
  readonly kinds?: readonly string[];
  readonly counterpartKinds?: readonly string[];
  readonly sectors?: readonly string[];
}

export interface PlatformRouting {
  readonly code: string;
  readonly name: string;
  /** How it is spoken to. */
  readonly adapter: 'http-json';
  /** Version of the national template it takes. */
  readonly template: string;
  /** COMPARE when left out. */
  readonly dailyReconciliation?: DailyReconciliation;
  readonly routes: readonly Route[];
}

export type RoutingTable = readonly PlatformRouting[];

const FILE = new URL('../../../schema/upstream/routing.json', import.meta.url);

export function loadRouting(): RoutingTable {
  return (JSON.parse(readFileSync(FILE, 'utf8')) as { platforms: RoutingTable }).platforms;
}

/** Whether the record of the change goes to the platform. */
export function isRoutedTo(
  platform: PlatformRouting,
  { kind, counterpartKind, sector }: Pick<RecordChange, 'kind' | 'counterpartKind' | 'sector'>,
): boolean {
  return platform.routes.some(
    ({ kinds, counterpartKinds, sectors }) =>
      (kinds?.includes(kind) ?? true) &&
      (counterpartKinds?.includes(counterpartKind) ?? true) &&
      (sectors?.includes(sector) ?? true),
  );
}
