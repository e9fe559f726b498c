import { expect } from 'chai';
import jwt from 'jsonwebtoken';
import { accessTokens } from '../../../../server/auth/token.ts';
import { UnauthenticatedError } from '../../../../server/lib/errors.ts';
import { movingClock } from '../../../support/doors.ts';

const SECRET = 'a-secret-of-at-least-32-characters';
const BEARER = { kind: 'account', accountId: 'a1', sessionId: 's1' } as const;

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

describe('access tokens', () => {
  const clock = movingClock();
  const tokens = accessTokens(SECRET, clock);
  const seconds = () => Math.floor(clock.now().getTime() / 1000);
  const claims = () => ({ kind: 'account', sub: 'a1', sid: 's1', iat: seconds() });
  const options = {
    algorithm: 'HS256',
    expiresIn: 900,
    issuer: 'credit-exchange',
    audience: 'credit-exchange/api',
  } as const;

  it('name whom they were made for', () => {
    expect(tokens.verify(tokens.sign(BEARER))).to.deep.equal(BEARER);
    const client = { kind: 'client', clientId: 'c1' } as const;
    expect(tokens.verify(tokens.sign(client))).to.deep.equal(client);
    expect(tokens.verify(jwt.sign(claims(), SECRET, options))).to.deep.equal(BEARER);
  });

  const good = () => jwt.sign(claims(), SECRET, options).split('.') as [string, string, string];
  const forgeries: Record<string, () => string> = {
    'without algorithm': () => {
      const [, body] = good();
      return `${part({ alg: 'none', typ: 'JWT' })}.${body}.`;
    },
    'without algorithm, with the old signature': () => {
      const [, body, signature] = good();
      return `${part({ alg: 'none', typ: 'JWT' })}.${body}.${signature}`;
    },
    'signed with another key': () => jwt.sign(claims(), `${SECRET}x`, options),
    'signed with the key but another algorithm': () =>
      jwt.sign(claims(), SECRET, { ...options, algorithm: 'HS512' }),
    'with a changed body': () => {
      const [head, , signature] = good();
      return `${head}.${part({ ...claims(), sub: 'a2', exp: seconds() + 900 })}.${signature}`;
    },
    'for another audience': () => jwt.sign(claims(), SECRET, { ...options, audience: 'elsewhere' }),
    'of another issuer': () => jwt.sign(claims(), SECRET, { ...options, issuer: 'elsewhere' }),
    'valid for longer than we give': () =>
      jwt.sign({ ...claims(), iat: seconds() - 901 }, SECRET, { ...options, expiresIn: 9_000 }),
    'without session': () => jwt.sign({ kind: 'account', sub: 'a1' }, SECRET, options),
    'of an unknown kind': () => jwt.sign({ ...claims(), kind: 'system' }, SECRET, options),
    'that are none': () => 'not.a.token',
  };
  for (const [name, forge] of Object.entries(forgeries)) {
    it(`are refused ${name}`, () => {
      expect(() => tokens.verify(forge())).to.throw(UnauthenticatedError, 'TOKEN_INVALID');
    });
  }

  it('are over after 15 minutes', () => {
    const token = tokens.sign(BEARER);
    clock.advance(899_000);
    expect(tokens.verify(token)).to.deep.equal(BEARER);
    clock.advance(1_000);
    expect(() => tokens.verify(token)).to.throw(UnauthenticatedError);
  });
});
