import { scrubPersonal } from '../../lib/scrub.ts';
import type { FieldCipher } from '../../lib/field-cipher.ts';
import { memberParts } from './lot.model.ts';
import type { OutboxQuery } from './outbox.query.ts';
import type { OutboxRepository } from './outbox.repository.ts';
import type { OutboxState } from './outbox.states.ts';
import type { Outcome, PlatformAdapter } from './platforms/types.ts';

/** What became of one revision of a record on its way to one platform. */
export interface RevisionStory {
  readonly platform: string;
  readonly revision: number;
  readonly enqueuedAt: Date;
  readonly state: OutboxState;
  /** Since when. */
  readonly since: Date;
  readonly code?: string;
  readonly message?: string;
  /** Refused by our own check. */
  readonly local: boolean;
  /** When it left, or was about to: each time under another token. */
  readonly sent: readonly Date[];
  /** The platform's words in the order they came; of several on one sending those up to the first settled one. */
  readonly said: readonly (Pick<Outcome, 'result' | 'code' | 'message'> & { readonly at: Date })[];
}

interface StoryDeps {
  readonly repository: OutboxRepository;
  readonly query: OutboxQuery;
  readonly cipher: FieldCipher;
  readonly decode: PlatformAdapter['decode'];
}

const SETTLED: ReadonlySet<string> = new Set(['accepted', 'refused', 'retry']);

/** All revisions of a record on all their ways; numbers of natural persons are taken out of the platforms' words. */
export async function storyOf(
  { repository, query, cipher, decode }: StoryDeps,
  recordId: string,
  platforms: readonly string[],
): Promise<RevisionStory[]> {
  const stories: RevisionStory[] = [];
  for (const platform of platforms) {
    const items = await repository.itemsOfRecord(platform, recordId);
    const lots = await repository.lotsByIds(items.map(({ lot }) => lot));
    const byId = new Map(lots.map((lot) => [lot._id.toHexString(), lot]));
    for (const item of items) {
      const lot = byId.get(item.lot.toHexString());
      if (!lot) continue;
      const member = item._id.slice(platform.length + 1);
      const batches = await repository.batches
        .find({ _id: { $in: lot.tokens } }, { projection: { createdAt: 1 } })
        .toArray();
      const done = new Set<string>();
      const said = (await query.receipts(lot, member, { cipher, decode })).flatMap(
        ({ token, receivedAt: at, result, code, message }) => {
          if (done.has(token)) return [];
          if (SETTLED.has(result)) done.add(token);
          const words = message === undefined ? {} : { message: scrubPersonal(message) };
          return [{ at, result, ...(code === undefined ? {} : { code }), ...words }];
        },
      );
      stories.push({
        platform,
        revision: memberParts(member).revision,
        enqueuedAt: lot.createdAt,
        state: lot.state,
        since: lot.at,
        local: lot.local === true,
        sent: batches.map(({ createdAt }) => createdAt).sort((a, b) => a.getTime() - b.getTime()),
        said,
        ...(lot.code === undefined ? {} : { code: lot.code }),
        ...(lot.message === undefined ? {} : { message: lot.message }),
      });
    }
  }
  return stories;
}
