import { expect } from 'chai';
import {
  checkedSettings,
  cursorMeaningOf,
  needsSecret,
  secretPlaceOf,
} from '../../../../../server/modules/collection/settings.ts';
import type { SourceKind } from '../../../../../server/modules/collection/settings.types.ts';

const CURSOR = { by: 'CURSOR', param: 'c', next: 'next' };
const WINDOW = { by: 'WINDOW', from: 'f', to: 't', since: '2026-01-01T00:00:00+08:00' };
const TABLE = {
  dialect: 'MYSQL',
  host: 'db.example',
  database: 'd',
  user: 'u',
  table: 't',
  take: { by: 'KEY', key: 'id' },
};
const http = (more: object = {}) =>
  checkedSettings('HTTP', {
    url: 'https://agency.example/list',
    auth: { type: 'BEARER' },
    paging: CURSOR,
    ...more,
  });
const table = (more: object = {}) => checkedSettings('TABLE', { ...TABLE, ...more });

describe('settings of sources', () => {
  it('fill in what was left out', () => {
    expect(checkedSettings('FOLDER', { folder: 'tax/license' }).settings).to.include({ quietSeconds: 60 });
    expect(http().settings).to.deep.include({ method: 'GET', items: 'items', params: {} });
    expect(http({ paging: WINDOW }).settings).to.deep.nested.include({ 'paging.overlapSeconds': 600 });
    expect(table().settings).to.deep.nested.include({ batchRows: 500, 'take.overlap': 100 });
    expect(
      table({ take: { by: 'STATUS', key: 'id', status: 's', done: '1' } }).settings,
    ).to.deep.nested.include({
      'take.open': '0',
    });
  });

  const wrong: readonly (readonly [SourceKind, object, string])[] = [
    ['FOLDER', { folder: '../etc' }, '/folder'],
    ['FOLDER', { folder: '/etc' }, '/folder'],
    ['FOLDER', { folder: 'a/../../b' }, '/folder'],
    ['FOLDER', { folder: 'a/.ssh' }, '/folder'],
    ['FOLDER', { folder: 'a\\b' }, '/folder'],
    ['FOLDER', { folder: 'a', other: 1 }, '/other'],
    ['HTTP', { url: 'file:///etc/passwd', paging: CURSOR }, '/url'],
    ['HTTP', { url: 'https://user:pw@agency.example/', paging: CURSOR }, '/url'],
    ['HTTP', { url: 'https://agency.example/?token=1', paging: CURSOR }, '/url'],
    ['HTTP', { url: 'https://agency.example/', paging: { ...WINDOW, since: 'soon' } }, '/paging/since'],
    ['HTTP', { url: 'https://agency.example/', paging: { by: 'GUESS' } }, '/paging'],
    ['TABLE', { ...TABLE, table: 'a; DROP TABLE b' }, '/table'],
    ['TABLE', { ...TABLE, columns: ['a`'] }, '/columns/0'],
    ['TABLE', { ...TABLE, batchRows: 0 }, '/batchRows'],
    ['TABLE', { ...TABLE, password: 'x' }, '/password'],
  ];
  for (const [kind, given, place] of wrong) {
    it(`name the place of what is wrong: ${kind} ${place} ${JSON.stringify(given).slice(0, 40)}`, () => {
      let found: unknown;
      try {
        checkedSettings(kind, given);
      } catch (error) {
        found = error;
      }
      expect(found).to.include({ code: 'SOURCE_SETTINGS_INVALID' });
      expect(found).to.deep.nested.include({ 'params.place': place });
    });
  }

  it('leave what they were given as it is', () => {
    const given = { folder: 'tax' };
    checkedSettings('FOLDER', given);
    expect(given).to.deep.equal({ folder: 'tax' });
  });

  it('ask for a secret where somebody has to be known', () => {
    expect(needsSecret(checkedSettings('FOLDER', { folder: 'a' }))).to.equal(false);
    expect(needsSecret(http({ auth: { type: 'NONE' } }))).to.equal(false);
    expect([needsSecret(http()), needsSecret(table())]).to.deep.equal([true, true]);
  });

  it('tie a secret to where it goes and as whom', () => {
    expect(secretPlaceOf(http({ url: 'https://agency.example/other' }))).to.equal(secretPlaceOf(http()));
    for (const more of [{ url: 'https://elsewhere.example/list' }, { url: 'http://agency.example/list' }]) {
      expect(secretPlaceOf(http(more))).not.to.equal(secretPlaceOf(http()));
    }
    for (const more of [
      { host: 'other' },
      { user: 'root' },
      { port: 3307 },
      { dialect: 'POSTGRES' },
      { tls: true },
    ]) {
      expect(secretPlaceOf(table(more))).not.to.equal(secretPlaceOf(table()));
    }
  });

  it('tell when a cursor means something else', () => {
    expect(cursorMeaningOf(table({ host: 'other', batchRows: 10 }))).to.equal(cursorMeaningOf(table()));
    for (const more of [{ table: 'x' }, { database: 'x' }, { take: { by: 'KEY', key: 'x' } }]) {
      expect(cursorMeaningOf(table(more))).not.to.equal(cursorMeaningOf(table()));
    }
    expect(cursorMeaningOf(http({ paging: { ...WINDOW, overlapSeconds: 5 } }))).to.equal(
      cursorMeaningOf(http({ paging: WINDOW })),
    );
    expect(cursorMeaningOf(http({ paging: { ...CURSOR, param: 'p' } }))).not.to.equal(
      cursorMeaningOf(http()),
    );
  });
});
