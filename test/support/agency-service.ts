import { randomBytes } from 'node:crypto';
import express from 'express';
import { listening } from './doors.ts';

export interface ServedRow extends Readonly<Record<string, unknown>> {
  readonly id: number;
  /** ISO. */
  readonly updatedAt: string;
}

/** What a test may make of the service. */
export interface AgencyService {
  readonly url: string;
  /** Of each door, in the order they were put in. */
  readonly rows: { readonly cursor: ServedRow[]; readonly window: ServedRow[] };
  /** Requests for rows so far, with their parameters. */
  readonly asked: Record<string, string>[];
  /** Answers the next requests so, before it is itself again. */
  readonly faults: { status: number; body?: string }[];
  /** Called before a page is answered. */
  onPage?: () => void;
  /** Every token given so far ends. */
  forget(): void;
  close(): Promise<void>;
}

export const CLIENT = { id: 'centre', secret: 's3cret' };
export const TOKEN = 'static-token';

/**
 * An agency's HTTP service: `/cursor` pages by a cursor, `/window` by a window of the time of change and pages of it;
 * with a static token, or one that `/token` gives for the client's secret.
 */
export async function startAgencyService({
  pageRows = 10,
}: { pageRows?: number } = {}): Promise<AgencyService> {
  const app = express();
  const rows = { cursor: [] as ServedRow[], window: [] as ServedRow[] };
  const asked: Record<string, string>[] = [];
  const faults: { status: number; body?: string }[] = [];
  const tokens = new Set([TOKEN]);
  const service: { onPage?: () => void } = {};

  app.post('/token', express.urlencoded(), (request, response) => {
    const basic = `Basic ${Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString('base64')}`;
    const body = request.body as Record<string, string>;
    const known =
      request.headers.authorization === basic ||
      (body['client_id'] === CLIENT.id && body['client_secret'] === CLIENT.secret);
    if (!known || body['grant_type'] !== 'client_credentials') {
      response.status(401).json({ error: 'invalid_client' });
      return;
    }
    const token = randomBytes(12).toString('hex');
    tokens.add(token);
    response.json({ access_token: token, token_type: 'Bearer', expires_in: 60 });
  });
  app.use(express.json(), (request, response, next) => {
    const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    const fault = faults.shift();
    if (fault) response.status(fault.status).send(fault.body ?? '');
    else if (tokens.has(token)) next();
    else response.status(401).json({ error: 'invalid_token' });
  });
  app.all('/cursor', (request, response) => {
    const params = { ...request.query, ...(request.body as object | undefined) } as Record<string, string>;
    asked.push(params);
    service.onPage?.();
    const from = Number(params['cursor'] ?? '0');
    const page = rows.cursor.slice(from, from + pageRows);
    const end = from + page.length;
    const more = end < rows.cursor.length || page.length === pageRows;
    response.json({ data: { items: page, next: more ? String(end) : null } });
  });
  app.get('/window', (request, response) => {
    const params = request.query as Record<string, string>;
    asked.push({ ...params });
    service.onPage?.();
    const { from = '', to = '', page = '1' } = params;
    const found = rows.window
      .filter(({ updatedAt }) => updatedAt >= from && updatedAt < to)
      .sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : a.updatedAt > b.updatedAt ? 1 : a.id - b.id));
    const first = (Number(page) - 1) * pageRows;
    response.json({ items: found.slice(first, first + pageRows) });
  });

  const { url, close } = await listening(app);
  return Object.assign(service, {
    url,
    rows,
    asked,
    faults,
    close,
    forget: () => tokens.clear(),
  });
}
