import { expect } from 'chai';
import fc from 'fast-check';
import { checkedSettings } from '../../../../../server/modules/collection/settings.ts';
import type { TableSettings } from '../../../../../server/modules/collection/settings.types.ts';
import { quoted, quotedTable, tableName } from '../../../../../server/modules/collection/table/identifier.ts';
import {
  describe as columnsOf,
  Statements,
} from '../../../../../server/modules/collection/table/statements.ts';

const DIALECTS = ['MYSQL', 'POSTGRES'] as const;

function settings(take: object, more: object = {}): TableSettings {
  const given = { dialect: 'MYSQL', host: 'db', database: 'd', user: 'u', table: 't', take, ...more };
  return checkedSettings('TABLE', given).settings as TableSettings;
}

describe('names in statements', () => {
  it('are quoted as the dialect wants it, Chinese ones too', () => {
    expect(quoted('XK_WSH', 'MYSQL')).to.equal('`XK_WSH`');
    expect(quoted('许可编号', 'POSTGRES')).to.equal('"许可编号"');
    expect(quotedTable(tableName('dw.许可'), 'POSTGRES')).to.equal('"dw"."许可"');
  });

  for (const name of [
    '',
    '1a',
    'a`b',
    'a"b',
    'a;b',
    "a'b",
    'a\\b',
    'a.b',
    'a\0',
    'a\nb',
    '-- x',
    'a'.repeat(64),
  ]) {
    it(`are refused when they are none: ${JSON.stringify(name).slice(0, 20)}`, () => {
      for (const dialect of DIALECTS) expect(() => quoted(name, dialect)).to.throw('SOURCE_SETTINGS_INVALID');
    });
  }

  it('never end their quotes', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...DIALECTS), (name, dialect) => {
        let text: string;
        try {
          text = quoted(name, dialect);
        } catch {
          return true;
        }
        return !/[`"'\\;]/.test(text.slice(1, -1)) && text.slice(1, -1) === name;
      }),
    );
  });
});

describe('statements to front-end databases', () => {
  const whole = { name: 'id', type: 'bigint' };
  const of = (dialect: (typeof DIALECTS)[number], take: object, known: object = {}) =>
    new Statements(settings(take, { dialect, batchRows: 7 }), { data: ['文号'], key: whole, ...known });

  it('read the open rows in the order of the key', () => {
    const take = { by: 'STATUS', key: 'id', status: 's', done: '1' };
    const status = { name: 's', type: 'int' };
    expect(of('MYSQL', take, { status }).next({ key: '5' })).to.deep.equal({
      sql: 'SELECT `文号`, `id` AS `credit_key` FROM `t` WHERE `s` = CAST(? AS SIGNED) AND `id` > CAST(? AS SIGNED) ORDER BY `id` LIMIT 7',
      params: ['0', '5'],
    });
    const empty = of('POSTGRES', { ...take, open: null }, { status });
    expect(empty.next({})).to.deep.equal({
      sql: 'SELECT "文号", "id" AS "credit_key" FROM "t" WHERE "s" IS NULL ORDER BY "id" LIMIT 7',
      params: [],
    });
    expect(empty.mark(['1', '2'])).to.deep.equal({
      sql: 'UPDATE "t" SET "s" = $1 WHERE "id" IN ($2, $3)',
      params: ['1', '1', '2'],
    });
    expect(empty.lock(['1']).sql).to.match(/WHERE "s" IS NULL AND "id" IN \(\$1\) FOR UPDATE$/);
  });

  it('go on behind a time of change, and behind the key within it', () => {
    const take = { by: 'TIME', key: 'id', updatedAt: 'at' };
    const known = { at: { name: 'at', type: 'datetime' } };
    const at = '2026-01-01 00:00:00';
    expect(of('POSTGRES', take, known).next({ at, key: '9' })).to.deep.equal({
      sql: 'SELECT "文号", "id" AS "credit_key", "at" AS "credit_at" FROM "t" WHERE "at" IS NOT NULL AND "at" >= $1 AND ("at" > $2 OR "id" > $3) ORDER BY "at", "id" LIMIT 7',
      params: [at, at, '9'],
    });
    expect(of('MYSQL', take, known).next({ at }).sql).to.contain('`at` >= CAST(? AS DATETIME(6))');
  });

  it('ask what a table is with parameters alone', () => {
    expect(columnsOf({ dialect: 'POSTGRES', table: 'dw.许可' }).params).to.deep.equal(['许可', 'dw']);
    expect(columnsOf({ dialect: 'MYSQL', table: '许可' }).sql).to.contain('table_schema = DATABASE()');
  });
});
