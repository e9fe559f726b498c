import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import express, { Router } from 'express';
import { systemViewer } from '../../../server/auth/viewer.ts';
import { createApp, localsOf, TRIAL_LIMITS, viewerOf } from '../../../server/http/index.ts';
import { RuleError } from '../../../server/lib/errors.ts';
import {
  anAccount,
  anOrganization,
  listening,
  migrated,
  movingClock,
  PASSWORD,
  SECRETS,
  servicesOn,
} from '../../support/doors.ts';
import type { Services } from '../../support/doors.ts';
import { testDb, type TestDb } from '../../support/store.ts';

interface ErrorBody {
  error: { code: string; message: string; path?: string[]; errorId?: string };
}

const probes = Router();
probes.get('/whoami', (_req, res) => {
  const { kind, username } = viewerOf(res);
  res.json({ kind, username, requestId: localsOf(res).requestId });
});
probes.get('/rule', () => {
  throw new RuleError('TRANSITION_REFUSED', { from: 'A', to: 'B' });
});
probes.get('/crash', () => {
  throw new Error('secret detail of the store');
});
probes.post('/echo', express.json({ limit: '1kb' }), (req, res) => {
  res.json(req.body as object);
});

describe('the HTTP server', () => {
  const clock = movingClock();
  let store: TestDb;
  let services: Services;
  let reasons: string[] = [];
  let client: string;
  const open: { close(): Promise<void> }[] = [];
  let url: string;
  let secondUrl: string;
  let productionUrl: string;

  before(async () => {
    store = await testDb();
    services = await migrated(servicesOn(store.db, clock));
    client = mkdtempSync(join(tmpdir(), 'credit-client-'));
    const appOf = (copy: Services) =>
      createApp({
        ...copy,
        readiness: () => Promise.resolve(reasons),
        routers: [{ path: '/feeds', router: probes }],
        limits: { ...TRIAL_LIMITS, login: 1000, loginAddress: 5000 },
        clientDirectory: client,
      });
    const listen = async (copy: Services) => {
      const server = await listening(appOf(copy));
      open.push(server);
      return server.url;
    };
    url = await listen(services);
    secondUrl = await listen(servicesOn(store.db, clock));
    productionUrl = await listen(servicesOn(store.db, clock, { production: true }));
  });
  after(async () => {
    await Promise.all(open.map((server) => server.close()));
    rmSync(client, { recursive: true, force: true });
    await store.drop();
  });

  const post = (path: string, body?: unknown, headers: Record<string, string> = {}, base = url) =>
    fetch(`${base}${path}`, {
      method: 'POST',
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const cookieOf = (response: Response) => (response.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
  const login = async (base = url) => {
    const { username } = await anAccount(services, 'AGENCY_MAKER');
    const response = await post('/auth/login', { username, password: PASSWORD }, {}, base);
    expect(response.status).to.equal(200);
    const body = (await response.json()) as { accessToken: string; expiresIn: number };
    return { username, response, ...body, cookie: cookieOf(response) };
  };
  const errorOf = async (response: Response) => ((await response.json()) as ErrorBody).error;
  const whoami = async (accessToken: string, base = url) =>
    fetch(`${base}/feeds/whoami`, { headers: { authorization: `Bearer ${accessToken}` } });

  describe('login', () => {
    it('answers a token, and a cookie that scripts and other sites do not get', async () => {
      const { response, accessToken, expiresIn, username } = await login();
      expect(expiresIn).to.equal(900);
      expect(response.headers.get('cache-control')).to.equal('no-store');
      const cookie = response.headers.getSetCookie()[0] ?? '';
      for (const part of ['Path=/auth', 'HttpOnly', 'SameSite=Strict']) expect(cookie).to.include(part);
      expect(cookie).not.to.include('Secure');
      expect(await (await whoami(accessToken)).json()).to.include({ kind: 'account', username });
    });

    it('marks the cookie secure in production', async () => {
      const { response } = await login(productionUrl);
      expect(response.headers.getSetCookie()[0]).to.include('Secure');
    });

    it('answers 401 alike for a wrong name and a wrong password', async () => {
      const { username } = await anAccount(services, 'AGENCY_MAKER');
      const wrong = [
        { username, password: 'Wrong-wrong-1' },
        { username: 'nobody-at-all', password: 'Wrong-wrong-1' },
      ];
      const answers = await Promise.all(
        wrong.map(async (body) => {
          const response = await post('/auth/login', body);
          expect(response.headers.getSetCookie()).to.deep.equal([]);
          return { status: response.status, error: await errorOf(response) };
        }),
      );
      expect(answers[0]).to.deep.equal(answers[1]);
      expect(answers[0]?.status).to.equal(401);
      expect(answers[0]?.error.message).to.match(/[\u4e00-\u9fff]/);
    });

    for (const [body, code] of [
      [{}, 'FIELD_REQUIRED'],
      [{ username: 'x' }, 'FIELD_REQUIRED'],
      [{ username: { $ne: null }, password: { $ne: null } }, 'FIELD_REQUIRED'],
      [{ username: 'x', password: 'y'.repeat(501) }, 'FIELD_TOO_LONG'],
      [[], 'FIELD_REQUIRED'],
    ] as const) {
      it(`answers 400 ${code} for ${JSON.stringify(body).slice(0, 50)}`, async () => {
        const response = await post('/auth/login', body);
        expect(response.status).to.equal(400);
        expect((await errorOf(response)).code).to.equal(code);
      });
    }

    it('limits the logins of one name from one address', async () => {
      const limited = await listening(
        createApp({
          ...services,
          readiness: () => Promise.resolve([]),
          routers: [],
          limits: { ...TRIAL_LIMITS, login: 3 },
          clientDirectory: client,
        }),
      );
      open.push(limited);
      const statuses: number[] = [];
      for (const username of ['one-name', 'One-Name', 'one-name ', 'one-name', 'another']) {
        const response = await post('/auth/login', { username, password: 'x' }, {}, limited.url);
        statuses.push(response.status);
      }
      expect(statuses).to.deep.equal([401, 401, 401, 429, 401]);
    });
  });

  describe('refresh and logout', () => {
    it('rotate the cookie, on any of two servers, and end the session', async () => {
      const first = await login();
      const refreshed = await post('/auth/refresh', undefined, { cookie: first.cookie }, secondUrl);
      expect(refreshed.status).to.equal(200);
      const { accessToken } = (await refreshed.json()) as { accessToken: string };
      const cookie = cookieOf(refreshed);
      expect(cookie).not.to.equal(first.cookie);
      const out = await post('/auth/logout', undefined, { cookie });
      expect(out.status).to.equal(204);
      expect(out.headers.getSetCookie()[0]).to.match(/credit_refresh=;.*1970/);
      const again = await post('/auth/refresh', undefined, { cookie });
      expect([again.status, (await errorOf(again)).code]).to.deep.equal([401, 'SESSION_OVER']);
      expect((await whoami(accessToken)).status).to.equal(401);
    });

    it('take a used token within the grace alone, later the whole session ends', async () => {
      const { cookie } = await login();
      const tabs = await Promise.all(
        [url, secondUrl].map((base) => post('/auth/refresh', undefined, { cookie }, base)),
      );
      expect(tabs.map(({ status }) => status)).to.deep.equal([200, 200]);
      clock.advance(11_000);
      expect((await post('/auth/refresh', undefined, { cookie })).status).to.equal(401);
      for (const tab of tabs) {
        expect((await post('/auth/refresh', undefined, { cookie: cookieOf(tab) })).status).to.equal(401);
      }
    });

    it('refuse a cookie that we did not sign', async () => {
      const { cookie } = await login();
      const [value = ''] = cookie.split('.');
      for (const forged of ['', value, `${value}.`, `${value}.${'A'.repeat(43)}`, 'credit_refresh=x.y']) {
        expect((await post('/auth/refresh', undefined, { cookie: forged })).status).to.equal(401);
      }
      expect((await post('/auth/refresh', undefined, { cookie: `a=b; ${cookie}; c=d` })).status).to.equal(
        200,
      );
    });

    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { origin: 'http://evil.example' },
      { origin: 'null' },
    ] as Record<string, string>[]) {
      it(`refuse what comes with ${JSON.stringify(headers)}`, async () => {
        const { cookie } = await login();
        for (const path of ['/auth/refresh', '/auth/logout']) {
          const response = await post(path, undefined, { cookie, ...headers });
          expect([response.status, (await errorOf(response)).code]).to.deep.equal([403, 'CROSS_SITE']);
        }
        expect((await post('/auth/refresh', undefined, { cookie, origin: url })).status).to.equal(200);
      });
    }
  });

  describe('tokens of machines', () => {
    const made = async () => {
      const organizationId = await anOrganization(services, 'AGENCY');
      return services.accounts.clients.create(systemViewer, {
        name: '许可系统',
        organizationId,
        roles: ['AGENCY_MAKER'],
      });
    };

    it('are given for id and secret as JSON, as a form and as basic authentication', async () => {
      const { client: machine, clientSecret } = await made();
      const fields = {
        grant_type: 'client_credentials',
        client_id: machine.id,
        client_secret: clientSecret,
      };
      const basic = Buffer.from(`${machine.id}:${clientSecret}`).toString('base64');
      const answers = await Promise.all([
        post('/auth/token', fields),
        fetch(`${url}/auth/token`, { method: 'POST', body: new URLSearchParams(fields) }),
        post('/auth/token', { grant_type: 'client_credentials' }, { authorization: `Basic ${basic}` }),
      ]);
      for (const answer of answers) {
        const body = (await answer.json()) as Record<string, unknown>;
        expect(body).to.include({ token_type: 'Bearer', expires_in: 900 });
        expect(await (await whoami(String(body['access_token']))).json()).to.include({ kind: 'client' });
        expect(answer.headers.get('cache-control')).to.equal('no-store');
      }
    });

    it('are refused in the words of OAuth 2', async () => {
      const { client: machine } = await made();
      const wrong = { grant_type: 'client_credentials', client_id: machine.id, client_secret: 'wrong' };
      const refused = await post('/auth/token', wrong);
      expect(refused.status).to.equal(401);
      expect(await refused.json()).to.include({ error: 'invalid_client' });
      const other = await post('/auth/token', { ...wrong, grant_type: 'password' });
      expect(other.status).to.equal(400);
      expect(await other.json()).to.include({ error: 'unsupported_grant_type' });
    });
  });

  describe('authentication', () => {
    it('takes nobody for the public', async () => {
      expect(await (await fetch(`${url}/feeds/whoami`)).json()).to.include({ kind: 'anonymous' });
    });

    for (const authorization of ['Bearer', 'Bearer x', 'Bearer a.b.c', 'Basic eDp5', 'a.b.c']) {
      it(`answers 401 to ${JSON.stringify(authorization)}`, async () => {
        const response = await fetch(`${url}/feeds/whoami`, { headers: { authorization } });
        expect([response.status, (await errorOf(response)).code]).to.deep.equal([401, 'TOKEN_INVALID']);
      });
    }

    it('answers 401 once the token is over', async () => {
      const { accessToken } = await login();
      clock.advance(900_000);
      expect((await whoami(accessToken)).status).to.equal(401);
    });
  });

  describe('errors', () => {
    it('of the domain have their status, code and Chinese text', async () => {
      const response = await fetch(`${url}/feeds/rule`);
      expect(response.status).to.equal(422);
      const error = await errorOf(response);
      expect(error.code).to.equal('TRANSITION_REFUSED');
      expect(error.message).to.match(/A → B/);
    });

    it('that nobody expected show an id and nothing else', async () => {
      const response = await fetch(`${url}/feeds/crash`);
      const text = await response.text();
      expect(response.status).to.equal(500);
      expect(text).not.to.match(/secret detail|\.ts|at /);
      const { error } = JSON.parse(text) as ErrorBody;
      expect(error.code).to.equal('INTERNAL');
      expect(error.message).to.include(error.errorId ?? 'no id');
    });

    it('of the body are told apart', async () => {
      const broken = await fetch(`${url}/feeds/echo`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"a":',
      });
      expect([broken.status, (await errorOf(broken)).code]).to.deep.equal([400, 'BODY_INVALID']);
      const large = await post('/feeds/echo', { text: 'x'.repeat(2000) });
      expect([large.status, (await errorOf(large)).code]).to.deep.equal([413, 'BODY_TOO_LARGE']);
    });

    for (const path of [
      '/feeds/nothing',
      '/auth/nothing',
      '/graphql/nothing',
      '/upstream/x',
      '/downloads/x',
    ]) {
      it(`answer JSON for the unknown path ${path}`, async () => {
        const response = await fetch(`${url}${path}`);
        expect([response.status, (await errorOf(response)).code]).to.deep.equal([404, 'ROUTE_NOT_FOUND']);
      });
    }
  });

  describe('health', () => {
    it('answers while the process lives, and tells why it is not ready', async () => {
      const health = await fetch(`${url}/healthz`);
      expect([health.status, await health.json()]).to.deep.equal([200, { status: 'ok' }]);
      expect((await fetch(`${url}/readyz`)).status).to.equal(200);
      reasons = ['store'];
      const unready = await fetch(`${url}/readyz`);
      expect([unready.status, await unready.json()]).to.deep.equal([
        503,
        { status: 'not ready', reasons: ['store'] },
      ]);
      reasons = [];
    });

    it('counts requests, behind a token in production', async () => {
      const text = await (await fetch(`${url}/metrics`)).text();
      expect(text).to.match(/http_requests_total\{method="GET",route="healthz",status="200"\} \d+/);
      expect(text).to.match(/process_resident_memory_bytes \d+/);
      expect((await fetch(`${productionUrl}/metrics`)).status).to.equal(401);
      const authorization = `Bearer ${SECRETS.metrics}`;
      expect((await fetch(`${productionUrl}/metrics`, { headers: { authorization } })).status).to.equal(200);
    });
  });

  describe('the web client', () => {
    it('is said to be missing while it is not built, then served for each of its paths', async () => {
      const missing = await fetch(`${url}/records`);
      expect(missing.status).to.equal(503);
      expect(await missing.text()).to.include('npm run build');
      mkdirSync(join(client, 'assets'));
      writeFileSync(join(client, 'index.html'), '<title>client</title>');
      writeFileSync(join(client, 'assets', 'app-1a2b.js'), '1');
      for (const path of ['/', '/records', '/login?from=/board']) {
        const page = await fetch(`${url}${path}`);
        expect([page.status, page.headers.get('cache-control')]).to.deep.equal([200, 'no-cache']);
        expect(await page.text()).to.include('client');
      }
      const asset = await fetch(`${url}/assets/app-1a2b.js`);
      expect(asset.headers.get('cache-control')).to.include('immutable');
      expect((await fetch(`${url}/assets/gone.js`)).status).to.equal(404);
      expect((await fetch(`${url}/..%2f..%2fpackage.json`)).status).to.be.oneOf([400, 403, 404]);
    });

    it('runs nothing but what we serve', async () => {
      const response = await fetch(`${url}/`);
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).to.include("default-src 'self'");
      expect(policy).to.include("script-src 'self';");
      expect(policy).to.include("frame-ancestors 'none'");
      expect(response.headers.get('x-powered-by')).to.equal(null);
      expect(response.headers.get('strict-transport-security')).to.equal(null);
    });
  });

  it('gives every request an id, and takes a sane one over', async () => {
    const given = await fetch(`${url}/feeds/whoami`, { headers: { 'x-request-id': 'proxy-12345' } });
    expect(((await given.json()) as { requestId: string }).requestId).to.equal('proxy-12345');
    const odd = await fetch(`${url}/healthz`, { headers: { 'x-request-id': 'a b' } });
    expect(odd.headers.get('x-request-id')).to.match(/^[0-9a-f-]{36}$/);
  });
});
