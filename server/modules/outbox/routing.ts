import { readFileSync } from 'node:fs';
import type { RecordChange } from '../credit-record/index.ts';

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
