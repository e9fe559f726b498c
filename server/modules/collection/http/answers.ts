import { RuleError, UpstreamError } from '../../../lib/errors.ts';

const CERTIFICATE = /CERT|SIGNATURE|ERR_TLS|SELF_SIGNED|ISSUER/;

/** What failed between us and a service, as a run says it. */
export function plainFault(error: unknown): unknown {
  if (!(error instanceof UpstreamError)) return error;
  const reason = String(error.params['reason'] ?? error.code);
  if (error.code === 'ANSWER_TOO_LARGE') return new RuleError('ANSWER_TOO_LARGE', {}, { cause: error });
  const code = CERTIFICATE.test(reason) ? 'COLLECT_CERTIFICATE' : 'COLLECT_UNREACHABLE';
  return new RuleError(code, { reason }, { cause: error });
}

/** @throws RuleError COLLECT_DENIED, COLLECT_HTTP_STATUS on any status but 200 */
export function requireGood(status: number): void {
  if (status === 200) return;
  if (status === 401 || status === 403) throw new RuleError('COLLECT_DENIED', { reason: status });
  throw new RuleError('COLLECT_HTTP_STATUS', { status });
}

function invalid(place: string): RuleError {
  return new RuleError('COLLECT_ANSWER_INVALID', { place: place === '' ? '$' : place });
}

/** @throws RuleError COLLECT_ANSWER_INVALID */
export function parseAnswer(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw invalid('JSON');
  }
}

/** What stands at a path of names; undefined when there is nothing. */
export function valueAt(answer: unknown, path: string): unknown {
  let value = answer;
  for (const name of path === '' ? [] : path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

/**
 * The rows of an answer; null stands for none. A path that leads nowhere is no empty list: services report failures
 * with status 200.
 * @throws RuleError COLLECT_ANSWER_INVALID
 */
export function rowsOf(answer: unknown, path: string): readonly Readonly<Record<string, unknown>>[] {
  const rows = valueAt(answer, path);
  if (rows === null) return [];
  const isRow = (row: unknown): boolean => typeof row === 'object' && row !== null && !Array.isArray(row);
  if (!Array.isArray(rows) || !rows.every(isRow)) throw invalid(path);
  return rows as Record<string, unknown>[];
}

/** Where to go on; undefined at the end. @throws RuleError COLLECT_ANSWER_INVALID */
export function nextOf(answer: unknown, path: string): string | undefined {
  const next = valueAt(answer, path);
  if (next === undefined || next === null || next === '' || next === false) return undefined;
  if (typeof next !== 'string' && typeof next !== 'number') throw invalid(path);
  return String(next);
}
