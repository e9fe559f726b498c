import { expect } from 'chai';
import { systemViewer } from '../../../server/auth/viewer.ts';
import type { Copy } from '../../support/processes.ts';
import {
  call,
  codeIn,
  collection,
  graphql,
  loginAt,
  NEW_PASSWORD,
  someone,
  until,
  type GetCopies,
} from './support.ts';

const VIEWER = '{ viewer { username permissions } }';

interface Seen {
  readonly viewer: { readonly username: string | null; readonly permissions: readonly string[] };
}

async function viewerAt(copy: Copy, token: string): Promise<Seen['viewer'] | undefined> {
  const { data } = await graphql(copy, token, VIEWER);
  return (data as Seen | null | undefined)?.viewer;
}

const refresh = (copy: Copy, cookie: string) => call(copy, '/auth/refresh', { method: 'POST', cookie });

export function sessions(copies: GetCopies): void {
  const opened = async () => {
    const { servers, city } = copies();
    const account = await someone(copies(), 'AGENCY_MAKER');
    return { account, ...(await loginAt(servers[0], account.username, city.password)) };
  };

  it('let two tabs that refresh at both at once live on', async () => {
    const { servers } = copies();
    const { cookie } = await opened();
    const both = await Promise.all(servers.map((server) => refresh(server, cookie)));
    expect(both.map(({ status }) => status)).to.deep.equal([200, 200]);
    const next = await Promise.all(
      both.map((tab, i) => refresh(servers[1 - i] as Copy, tab.cookie as string)),
    );
    expect(next.map(({ status }) => status)).to.deep.equal([200, 200]);
  });

  it('end a session everywhere when a used refresh token is met again later', async () => {
    const { servers, app } = copies();
    const { cookie, token } = await opened();
    const next = await refresh(servers[0], cookie);
    expect(await viewerAt(servers[0], token)).to.include.keys('username');
    // As if the ten seconds that parallel tabs are given were over.
    const id = app.cipher.hash(`refresh:${cookie.split('.')[0] ?? ''}`);
    const past = new Date(Date.now() - 11_000);
    await collection(app, 'refresh_tokens').updateOne({ _id: id }, { $set: { usedAt: past } });
    expect((await refresh(servers[1], cookie)).status).to.equal(401);
    expect((await refresh(servers[0], next.cookie as string)).status).to.equal(401);
    expect(await viewerAt(servers[1], token)).to.equal(undefined);
    await until(
      () => viewerAt(servers[0], token),
      (viewer) => viewer === undefined,
    );
  });

  it('end a session at both by a logout at one', async () => {
    const { servers } = copies();
    const { cookie, token } = await opened();
    expect(await viewerAt(servers[1], token)).to.include.keys('username');
    expect((await call(servers[0], '/auth/logout', { method: 'POST', cookie })).status).to.equal(204);
    expect((await refresh(servers[1], cookie)).status).to.equal(401);
    expect(await viewerAt(servers[0], token)).to.equal(undefined);
    await until(
      () => viewerAt(servers[1], token),
      (viewer) => viewer === undefined,
    );
  });

  it('see new roles, a new password and an account switched off elsewhere', async () => {
    const { servers, app, city } = copies();
    const { account, token } = await opened();
    for (const server of servers)
      expect((await viewerAt(server, token))?.permissions).to.include('feed:upload');
    await app.accounts.grantRoles(systemViewer, account.id, ['AGENCY_CHECKER']);
    for (const server of servers) {
      await until(
        () => viewerAt(server, token),
        (viewer) => viewer !== undefined && !viewer.permissions.includes('feed:upload'),
      );
    }
    const other = await loginAt(servers[1], account.username, city.password);
    const { data } = await graphql(
      servers[0],
      token,
      'mutation($input: ChangePasswordInput!) { changePassword(input: $input) { errors { code } } }',
      { input: { currentPassword: city.password, newPassword: NEW_PASSWORD } },
    );
    expect(data).to.deep.equal({ changePassword: { errors: [] } });
    await until(
      () => viewerAt(servers[1], other.token),
      (viewer) => viewer === undefined,
    );
    expect((await refresh(servers[1], other.cookie)).status).to.equal(401);
    expect(await viewerAt(servers[0], token)).to.include({ username: account.username });
    await app.accounts.setActive(systemViewer, account.id, false);
    for (const server of servers) {
      await until(
        () => viewerAt(server, token),
        (viewer) => viewer === undefined,
      );
    }
  });

  it('let five wrong passwords in all be tried, however they are spread', async () => {
    const { servers, city } = copies();
    const { username } = await someone(copies(), 'AGENCY_MAKER');
    const tries = [...servers, ...servers, ...servers, ...servers].map((server) =>
      call(server, '/auth/login', { json: { username, password: 'wrong-password' } }),
    );
    const codes = (await Promise.all(tries)).map(codeIn);
    expect(codes.filter((code) => code === 'LOGIN_FAILED')).to.have.length(5);
    expect(codes.filter((code) => code === 'ACCOUNT_LOCKED')).to.have.length(3);
    for (const server of servers) {
      const right = await call(server, '/auth/login', { json: { username, password: city.password } });
      expect(codeIn(right)).to.equal('ACCOUNT_LOCKED');
    }
  });

  it('limit the rate of calls each for itself', async () => {
    const [first, second] = copies().servers;
    const json = { grant_type: 'client_credentials', client_id: 'client-unknown', client_secret: 'x' };
    const ask = (server: Copy) => call(server, '/auth/token', { json });
    await Promise.all(Array.from({ length: 60 }, () => ask(first)));
    expect((await ask(first)).status).to.equal(429);
    expect((await ask(second)).status).to.equal(401);
  });
}
