import { setTimeout as sleep } from 'node:timers/promises';
import { RuleError, UpstreamError } from '../../../lib/errors.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from '../../../lib/http-client.ts';
import { withJitter } from '../../../lib/retry-schedule.ts';
import type { HttpAuth, HttpSettings } from '../settings.types.ts';
import { parseAnswer, plainFault, requireGood, valueAt } from './answers.ts';

export type Params = Readonly<Record<string, string>>;

const TRIES = 3;
const FIRST_WAIT_MS = 500;
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** An agency's service: who we are, and another try where a fault may pass. */
export class ServiceClient {
  readonly #http: HttpClient;
  readonly #settings: HttpSettings;
  readonly #secret: string;
  #token: string | undefined;

  constructor(http: HttpClient, settings: HttpSettings, secret: string) {
    this.#http = http;
    this.#settings = settings;
    this.#secret = secret;
  }

  /** One answer, parsed. @throws RuleError COLLECT_…, ANSWER_TOO_LARGE */
  async ask(params: Params, signal: AbortSignal): Promise<unknown> {
    let answer = await this.#send(await this.#request(params, signal), signal);
    if (answer.status === 401 && this.#settings.auth.type === 'CLIENT_CREDENTIALS') {
      // The token ran out before its time.
      this.#token = undefined;
      answer = await this.#send(await this.#request(params, signal), signal);
    }
    requireGood(answer.status);
    return parseAnswer(answer.body);
  }

  async #request(params: Params, signal: AbortSignal): Promise<HttpRequest> {
    const { url, method, params: always } = this.#settings;
    const all = { ...always, ...params };
    const headers = { accept: 'application/json', ...(await this.#identity(signal)) };
    if (method === 'POST') {
      const type = { 'content-type': 'application/json' };
      return { method, url, headers: { ...headers, ...type }, body: JSON.stringify(all) };
    }
    const query = new URLSearchParams(all).toString();
    return { method, url: query === '' ? url : `${url}?${query}`, headers };
  }

  async #identity(signal: AbortSignal): Promise<Params> {
    const { auth } = this.#settings;
    switch (auth.type) {
      case 'NONE':
        return {};
      case 'BEARER':
        return auth.header === undefined
          ? { authorization: `Bearer ${this.#secret}` }
          : { [auth.header]: this.#secret };
      case 'CLIENT_CREDENTIALS':
        this.#token ??= await this.#newToken(auth, signal);
        return { authorization: `Bearer ${this.#token}` };
    }
  }

  /** RFC 6749 4.4. */
  async #newToken(
    { tokenUrl, clientId, scope, credentials }: Extract<HttpAuth, { type: 'CLIENT_CREDENTIALS' }>,
    signal: AbortSignal,
  ): Promise<string> {
    const basic = credentials === 'BASIC';
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      ...(scope === undefined ? {} : { scope }),
      ...(basic ? {} : { client_id: clientId, client_secret: this.#secret }),
    });
    const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(this.#secret)}`;
    const { status, body } = await this.#send(
      {
        method: 'POST',
        url: tokenUrl,
        headers: {
          accept: 'application/json',
          'content-type': 'application/x-www-form-urlencoded',
          ...(basic ? { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } : {}),
        },
        body: form.toString(),
      },
      signal,
    );
    // A wrong secret is answered with 400 or 401.
    if (status === 400) throw new RuleError('COLLECT_DENIED', { reason: status });
    requireGood(status);
    const token = valueAt(parseAnswer(body), 'access_token');
    if (typeof token !== 'string' || !/^[\x21-\x7e]{1,4096}$/.test(token)) {
      throw new RuleError('COLLECT_ANSWER_INVALID', { place: 'access_token' });
    }
    return token;
  }

  async #send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await this.#http.send({ ...request, signal });
        if (tries === TRIES || !PASSING.has(answer.status)) return answer;
      } catch (error) {
        signal.throwIfAborted();
        const plain = plainFault(error);
        const passing = error instanceof UpstreamError && error.code !== 'ANSWER_TOO_LARGE';
        const certificate = plain instanceof RuleError && plain.code === 'COLLECT_CERTIFICATE';
        if (tries === TRIES || !passing || certificate) throw plain;
      }
      await sleep(withJitter(FIRST_WAIT_MS * 4 ** (tries - 1)), undefined, { signal });
    }
  }
}
