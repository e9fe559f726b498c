import { Agent, request } from 'undici';
import { encodeBatch } from '../server/modules/outbox/platforms/http-json.ts';
import { upstreamCodeOf } from '../server/modules/template/index.ts';
import { nativeCollection } from '../server/db/native.ts';
import type { AppContext } from '../server/context.ts';
import type { LotDoc } from '../server/modules/outbox/lot.model.ts';
import { memberParts } from '../server/modules/outbox/lot.model.ts';
import { loadOf } from './figures.ts';
import type { Simulator } from './simulators.ts';

/** Bodies that are held at once per platform: a batch is some 400 kB. */
const HELD = 40;

interface Prepared {
  readonly body: string;
  readonly batch: string;
}

/** The bodies of all that was delivered to a platform, a batch per lot, some at a time. */
async function* preparedFor(app: AppContext, { code, url, token }: Simulator): AsyncGenerator<Prepared[]> {
  const lots = nativeCollection<LotDoc>(app.db, 'outbox_lots').find({ platform: code }).sort({ _id: 1 });
  let held: Prepared[] = [];
  for await (const { _id, members } of lots) {
    const records = await app.creditRecords.pushable(members.split(' ').map(memberParts));
    const items = records.map((record) => ({ record, operation: 'INSERT' as const }));
    const batch = _id.toHexString();
    const address = { url, token, template: 'g3' };
    held.push({ batch, body: encodeBatch(items, batch, address, upstreamCodeOf).body });
    if (held.length < HELD) continue;
    yield held;
    held = [];
  }
  if (held.length > 0) yield held;
}

/**
 * Posts what was delivered once more to fresh simulators, with the HTTP client alone: all platforms at once, so many
 * requests at a time each. Bodies are prepared between the measured stretches. @returns seconds spent posting
 */
export async function postAll(
  app: AppContext,
  simulators: readonly Simulator[],
  concurrency: number,
): Promise<number> {
  const agent = new Agent({ connections: 16, pipelining: 1 });
  const post = async ({ url, token }: Simulator, { body, batch }: Prepared): Promise<void> => {
    const answer = await request(`${url}/batches`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json; charset=utf-8',
        'idempotency-key': batch,
      },
      body,
      dispatcher: agent,
    });
    const said = await answer.body.text();
    if (answer.statusCode !== 200)
      throw new Error(`the simulator answered ${String(answer.statusCode)} ${said}`);
  };
  let seconds = 0;
  try {
    const sources = simulators.map((simulator) => preparedFor(app, simulator));
    for (;;) {
      const ready = await Promise.all(sources.map((source) => source.next()));
      if (ready.every(({ done }) => done)) return seconds;
      const started = performance.now();
      await Promise.all(
        ready.map(async ({ value }, i) => {
          const bodies = (value ?? []) as Prepared[];
          const simulator = simulators[i] as Simulator;
          await loadOf(bodies.length, concurrency, (n) => post(simulator, bodies[n] as Prepared));
        }),
      );
      seconds += (performance.now() - started) / 1000;
    }
  } finally {
    await agent.destroy();
  }
}
