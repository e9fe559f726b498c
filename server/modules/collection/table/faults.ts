import { DomainError, RuleError } from '../../../lib/errors.ts';

const DENIED = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_COLUMNACCESS_DENIED_ERROR',
  'ER_HOST_NOT_PRIVILEGED',
  '28000',
  '28P01',
  '42501',
]);
const UNREACHABLE =
  /^(?:E[A-Z]+|PROTOCOL_.*|08.{3}|57P0\d|CONNECT_TIMEOUT|CONNECTION_ENDED|.*NO_SSL_SUPPORT|NO_TLS)$/;
const OF_SQL = /^ER_/;
const CERTIFICATE = /CERT|SIGNATURE|ERR_TLS|SELF_SIGNED|ISSUER|HANDSHAKE_SSL/;

function codeOf(error: unknown): string {
  const { code, errors, message } = error as {
    code?: unknown;
    errors?: readonly unknown[];
    message?: unknown;
  };
  if (typeof code === 'string' && code !== '') return code;
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0]);
  // pg tells these by words alone.
  if (typeof message === 'string' && /timeout/i.test(message)) return 'CONNECT_TIMEOUT';
  if (typeof message === 'string' && /Connection terminated/i.test(message)) return 'CONNECTION_ENDED';
  if (typeof message === 'string' && /does not support SSL/i.test(message)) return 'NO_TLS';
  return 'UNKNOWN';
}

/** What a database said, as a run says it: its code, never its words, which may name values. */
export function databaseFault(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  const reason = codeOf(error);
  if (reason === 'UNKNOWN' && !('errno' in (error as object))) return error;
  const code = DENIED.has(reason)
    ? 'COLLECT_DENIED'
    : CERTIFICATE.test(reason)
      ? 'COLLECT_CERTIFICATE'
      : UNREACHABLE.test(reason) && !OF_SQL.test(reason)
        ? 'COLLECT_UNREACHABLE'
        : 'COLLECT_DATABASE';
  return new RuleError(code, { reason }, { cause: error });
}
