import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Outcome, Outcomes } from './types.ts';

interface AnswerBody {
  readonly batch: string;
  readonly results: readonly ({ readonly itemId: string } & Outcome)[];
}

export interface Answer {
  readonly batch: string;
  readonly outcomes: Outcomes;
}

const SCHEMA = new URL('../../../../schema/upstream/http-json/answer.json', import.meta.url);

const isAnswer = new Ajv2020({ strict: true }).compile<AnswerBody>(
  JSON.parse(readFileSync(SCHEMA, 'utf8')) as object,
);

/** The first word on an item counts: platforms repeat themselves. Lines that are no result spoil the whole answer. */
export function answerOf(parsed: unknown): Answer | undefined {
  if (!isAnswer(parsed)) return undefined;
  const outcomes = new Map<string, Outcome>();
  for (const { itemId, result, code, message, acceptedAt } of parsed.results) {
    if (outcomes.has(itemId)) continue;
    outcomes.set(itemId, {
      result,
      ...(code === undefined ? {} : { code }),
      ...(message === undefined ? {} : { message }),
      ...(acceptedAt === undefined ? {} : { acceptedAt }),
    });
  }
  return { batch: parsed.batch, outcomes };
}

/** Reads an answer in JSON. */
export function decodeAnswer(body: Uint8Array): Answer | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
  return answerOf(parsed);
}
