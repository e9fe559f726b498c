import { expect } from 'chai';
import { DomainError, UpstreamError } from '../../../../../server/lib/errors.ts';
import { plainFault, requireGood } from '../../../../../server/modules/collection/http/answers.ts';
import { databaseFault } from '../../../../../server/modules/collection/table/faults.ts';

function codeOf(error: unknown): string {
  return error instanceof DomainError ? error.code : 'PLAIN';
}

describe('faults of sources in plain words', () => {
  for (const [reason, code] of [
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'COLLECT_CERTIFICATE'],
    ['CERT_HAS_EXPIRED', 'COLLECT_CERTIFICATE'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'COLLECT_CERTIFICATE'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'COLLECT_CERTIFICATE'],
    ['UND_ERR_HEADERS_TIMEOUT', 'COLLECT_UNREACHABLE'],
    ['ECONNREFUSED', 'COLLECT_UNREACHABLE'],
  ]) {
    it(`of a connection: ${reason ?? ''}`, () => {
      expect(codeOf(plainFault(new UpstreamError('NO_ANSWER', true, { reason: reason ?? '' })))).to.equal(
        code,
      );
    });
  }

  it('of a status', () => {
    requireGood(200);
    for (const [status, code] of [
      [401, 'COLLECT_DENIED'],
      [403, 'COLLECT_DENIED'],
      [302, 'COLLECT_HTTP_STATUS'],
      [500, 'COLLECT_HTTP_STATUS'],
    ] as const) {
      expect(() => requireGood(status)).to.throw(code);
    }
  });

  for (const [code, expected] of [
    ['ER_ACCESS_DENIED_ERROR', 'COLLECT_DENIED'],
    ['28P01', 'COLLECT_DENIED'],
    ['42501', 'COLLECT_DENIED'],
    ['ECONNREFUSED', 'COLLECT_UNREACHABLE'],
    ['ETIMEDOUT', 'COLLECT_UNREACHABLE'],
    ['PROTOCOL_CONNECTION_LOST', 'COLLECT_UNREACHABLE'],
    ['57P01', 'COLLECT_UNREACHABLE'],
    ['HANDSHAKE_NO_SSL_SUPPORT', 'COLLECT_UNREACHABLE'],
    ['HANDSHAKE_SSL_ERROR', 'COLLECT_CERTIFICATE'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'COLLECT_CERTIFICATE'],
    ['ER_LOCK_WAIT_TIMEOUT', 'COLLECT_DATABASE'],
    ['42703', 'COLLECT_DATABASE'],
  ] as const) {
    it(`of a database: ${code}`, () => {
      const error = Object.assign(new Error("for user 'u' and value 'x'"), { code });
      const fault = databaseFault(error);
      expect(codeOf(fault)).to.equal(expected);
      expect(JSON.stringify((fault as DomainError).params)).not.to.contain('value');
    });
  }

  it('of a database that pg tells by words alone', () => {
    expect(codeOf(databaseFault(new Error('timeout expired')))).to.equal('COLLECT_UNREACHABLE');
    expect(codeOf(databaseFault(new Error('Connection terminated unexpectedly')))).to.equal(
      'COLLECT_UNREACHABLE',
    );
  });

  it('leaves our own mistakes what they are', () => {
    const mistake = new TypeError('not a function');
    expect(databaseFault(mistake)).to.equal(mistake);
    expect(plainFault(mistake)).to.equal(mistake);
  });
});
