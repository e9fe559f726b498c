import { isDuplicateKey } from '../../db/native.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import { updatesAmong, type Claimed } from './claim.ts';
import type { OutboxRepository } from './outbox.repository.ts';
import type { ReadyPlatform } from './platform.registry.ts';
import type { BatchAddress, FateAnswer, NumberedFile, PlatformAdapter, PushItem } from './platforms/types.ts';
import type { PushBatchDoc, PushFileDoc } from './push-batch.model.ts';
import type { Verdict } from './settle.ts';

/** A batch that goes in files, just claimed or taken over. */
export interface FileBatch {
  readonly token: string;
  readonly members: readonly string[];
  readonly files: readonly NumberedFile[];
  /** It was in place before. */
  readonly isPlaced: boolean;
  /** Absent when it was taken over: found out where it is needed. */
  readonly updates?: ReadonlySet<string>;
}

/** What goes, once and for all. */
export interface FixedContent {
  readonly body: Buffer;
  /** What is to be noted of each member once the files are in place; those without a word are sent another time. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** Items in the files. */
  readonly n: number;
}

export type Loaded = { readonly items: PushItem[]; readonly verdicts: Map<string, Verdict> };

interface FileBatchDeps {
  readonly repository: OutboxRepository;
  readonly cipher: FieldCipher;
  readonly load: (claimed: Claimed) => Promise<Loaded>;
}

/** After so many looks without an answer, about a day, files are put in place again, in case they were lost there. */
const LOOKS_TO_REPEAT = 144;
/** Where waiting times are not kept. */
const LOOKS_IN_DRAIN = 4;

/** A platform as a batch is brought to it. */
export function addressOf(
  platform: ReadyPlatform,
  { files }: { readonly files?: readonly NumberedFile[] },
): BatchAddress {
  return files ? { ...platform, batchFiles: files } : platform;
}

/** Whether the files are to be put in place, for the first time or again. */
export function goesAgain(batch: PushBatchDoc, fate: FateAnswer, drain: boolean): boolean {
  if (batch.state !== 'WAITING') return fate.kind === 'NEVER_SEEN';
  if ((batch.asks + 1) % (drain ? LOOKS_IN_DRAIN : LOOKS_TO_REPEAT) !== 0) return false;
  // What the platform fetched it may have lost; what lies there still it has not come to.
  if (fate.kind === 'KNOWN') return [...fate.outcomes.values()].some(({ result }) => result === 'pending');
  return fate.kind === 'NEVER_SEEN';
}

function contextOf(token: string): string {
  return `push-file:${token}`;
}

function contentOf({ _id, members, body }: PushFileDoc, cipher: FieldCipher): FixedContent {
  const inFiles = members === '' ? [] : members.split(' ');
  return {
    body: Buffer.from(cipher.decrypt(body, contextOf(_id))),
    verdicts: new Map(inFiles.map((member) => [member, { result: 'pending' }])),
    n: inFiles.length,
  };
}

/**
 * The content of a batch: kept before it leaves, so that whoever takes the batch over brings the same under its name,
 * whatever has become of the records since.
 * @returns undefined when nothing of it is open any more
 */
export async function fixContent(
  { repository, cipher, load }: FileBatchDeps,
  adapter: PlatformAdapter,
  platform: ReadyPlatform,
  batch: FileBatch,
): Promise<FixedContent | undefined> {
  const { token, members, files } = batch;
  const known = await repository.files.findOne({ _id: token });
  if (known) return contentOf(known, cipher);
  // The content of a batch that was in place is gone when its fate is known, and must not be made up anew.
  if (batch.isPlaced || members.length === 0) return undefined;
  const updates = batch.updates ?? (await updatesAmong(repository, platform.code, members));
  const { items, verdicts } = await load({ token, members, updates });
  const { body, invalid, n } = adapter.encode(items, token, addressOf(platform, { files }));
  for (const [member, fault] of invalid) verdicts.set(member, { result: 'invalid', ...fault });
  const inFiles = members.filter((member) => !verdicts.has(member));
  for (const member of inFiles) verdicts.set(member, { result: 'pending' });
  const bytes = Buffer.from(body);
  const doc: PushFileDoc = {
    _id: token,
    platform: platform.code,
    members: inFiles.join(' '),
    body: Buffer.from(cipher.encrypt(bytes, contextOf(token))),
  };
  try {
    await repository.files.insertOne(doc);
  } catch (error) {
    const first = isDuplicateKey(error) ? await repository.files.findOne({ _id: token }) : undefined;
    if (!first) throw error;
    return contentOf(first, cipher);
  }
  return { body: bytes, verdicts, n };
}
