import type { mongo } from 'mongoose';
import { DECIDED_BY_DRIVER } from './driver-decides.ts';
import { isDoc, type Requirement, type TestCase, type TestFile } from './format.ts';

/** What the server says of itself. */
export interface ServerFacts {
  readonly version: string;
  readonly topology: 'single' | 'replicaset' | 'sharded';
}

/** Why a case says nothing about this server. */
export const NOT_APPLICABLE = {
  'fail-point': 'needs fail points, by which a server is told to misbehave',
  encryption: 'needs client-side encryption',
  topology: 'is for another topology, or for a server with logins or parameters',
  version: 'is for other server versions',
  collation: 'needs collation, which the embedded store does not offer',
  driver: 'is decided by the driver itself, whatever the server answers',
  skipped: 'is switched off by its author',
} as const;
export type Reason = keyof typeof NOT_APPLICABLE;

export async function serverFacts(client: mongo.MongoClient): Promise<ServerFacts> {
  const admin = client.db('admin');
  const { version } = (await admin.command({ buildInfo: 1 })) as { version: string };
  const hello = (await admin.command({ hello: 1 })) as { setName?: string; msg?: string };
  const topology =
    hello.msg === 'isdbgrid' ? 'sharded' : hello.setName === undefined ? 'single' : 'replicaset';
  return { version, topology };
}

/** Answers undefined when the case is to be run. */
export function whyNot(
  file: TestFile,
  test: TestCase,
  facts: ServerFacts,
): { reason: Reason; detail: string } | undefined {
  if (test.skipReason !== undefined) return { reason: 'skipped', detail: test.skipReason };
  for (const requirements of [file.runOnRequirements, test.runOnRequirements]) {
    const reasons = (requirements ?? []).map((requirement) => unmet(requirement, facts));
    const [first] = reasons;
    if (first !== undefined && !reasons.includes(undefined))
      return { reason: first, detail: JSON.stringify(requirements) };
  }
  if (test.operations.some(({ name }) => ['failPoint', 'targetedFailPoint'].includes(name)))
    return { reason: 'fail-point', detail: 'failPoint' };
  if (file.createEntities?.some((entity) => 'clientEncryption' in entity) === true)
    return { reason: 'encryption', detail: 'clientEncryption' };
  if (test.operations.some((operation) => mentions(operation, 'collation')))
    return { reason: 'collation', detail: 'collation' };
  const decided = DECIDED_BY_DRIVER[`${file.name}: ${test.description}`];
  return decided === undefined ? undefined : { reason: 'driver', detail: decided };
}

function unmet(requirement: Requirement, { version, topology }: ServerFacts): Reason | undefined {
  const { minServerVersion, maxServerVersion, topologies, serverless, auth, csfle, serverParameters } =
    requirement;
  if (minServerVersion !== undefined && compareVersions(version, minServerVersion) < 0) return 'version';
  if (maxServerVersion !== undefined && compareVersions(version, maxServerVersion) > 0) return 'version';
  const known = topologies?.map((name) => (name === 'sharded-replicaset' ? 'sharded' : name));
  if (known && !known.includes(topology)) return 'topology';
  if (serverless === 'require' || auth === true || serverParameters !== undefined) return 'topology';
  return csfle === undefined || csfle === false ? undefined : 'encryption';
}

/** A bound that names fewer parts speaks of those only: 8.0.3 is not after 8.0. */
function compareVersions(version: string, bound: string): number {
  const [own, parts] = [version, bound].map((text) => text.split('-')[0]?.split('.').map(Number) ?? []);
  for (const [i, part] of (parts ?? []).entries()) {
    const difference = (own?.[i] ?? 0) - part;
    if (difference !== 0) return difference;
  }
  return 0;
}

function mentions(value: unknown, field: string): boolean {
  if (Array.isArray(value)) return value.some((entry) => mentions(entry, field));
  return (
    isDoc(value) && Object.entries(value).some(([name, below]) => name === field || mentions(below, field))
  );
}
