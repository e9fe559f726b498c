import { Agent, request, type Dispatcher } from 'undici';
import { UpstreamError } from './errors.ts';

export interface HttpClientOptions {
  readonly connectTimeoutMs?: number;
  /** From the last byte sent to the first byte of the answer, and between its bytes. */
  readonly answerTimeoutMs?: number;
  readonly maxAnswerBytes?: number;
  readonly connections?: number;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
}

export interface HttpClient {
  /**
   * @throws UpstreamError NOT_CONNECTED when nothing can have left; NO_ANSWER or ANSWER_TOO_LARGE when the other side
   * may have done what was asked
   */
  send(call: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** Faults of a connection that was never made. Everything later may have reached the other side. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function codeOf(error: unknown): string {
  const { code, errors, name } = error as { code?: unknown; errors?: readonly unknown[]; name?: unknown };
  if (name === 'TimeoutError') return 'TIMEOUT';
  // A name with several addresses fails with one error for all of them.
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0]);
  return typeof code === 'string' ? code : 'UNKNOWN';
}

async function readCapped(body: Dispatcher.ResponseData['body'], most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) {
      body.destroy();
      throw new UpstreamError('ANSWER_TOO_LARGE', true, { most });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Calls to other systems: with time limits and a cap on the answer; redirects are not followed. */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const answerTimeout = options.answerTimeoutMs ?? 30_000;
  const agent = new Agent({
    connect: { timeout: options.connectTimeoutMs ?? 5_000 },
    headersTimeout: answerTimeout,
    bodyTimeout: answerTimeout,
    connections: options.connections ?? 16,
    pipelining: 1,
  });
  return {
    async send({ method, url, headers, body, signal }) {
      try {
        const answer = await request(url, {
          method,
          headers: { ...headers },
          ...(body === undefined ? {} : { body }),
          ...(signal ? { signal } : {}),
          dispatcher: agent,
        });
        return {
          status: answer.statusCode,
          body: await readCapped(answer.body, options.maxAnswerBytes ?? 32 * 1024 * 1024),
        };
      } catch (error) {
        if (error instanceof UpstreamError) throw error;
        const code = codeOf(error);
        const name = NOT_CONNECTED.has(code) ? 'NOT_CONNECTED' : 'NO_ANSWER';
        throw new UpstreamError(name, true, { reason: code }, { cause: error });
      }
    },
    close: () => agent.destroy(),
  };
}
