import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { expect } from 'chai';
import {
  columnName,
  COUNTERPART_KINDS,
  GENERATIONS,
  loadValueLists,
  pathOfKind,
  publicColumns,
  sampleRow,
  templateOf,
  upstreamCodeOf,
  valueKey,
} from '../../../../../server/modules/template/index.ts';
import { feedOf, NATIONAL_KINDS } from '../../../../support/feeds.ts';

const FEED = new URL('../../../../../schema/feed/', import.meta.url);
const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, FEED), 'utf8'));

describe('template files', () => {
  const ajv = formats.default(
    new Ajv({ allErrors: true, strict: true, strictRequired: false, strictTypes: false }),
  );
  const validate = ajv.compile(read('template.schema.json') as object);

  for (const generation of GENERATIONS) {
    for (const kind of NATIONAL_KINDS) {
      it(`${generation}/${pathOfKind(kind)}.json keeps to its schema`, () => {
        expect(
          validate(read(`${generation}/${pathOfKind(kind)}.json`)),
          ajv.errorsText(validate.errors),
        ).to.equal(true);
      });

      it(`${generation} ${kind} is complete, and its rules name columns it has`, () => {
        const { columns } = templateOf(feedOf(kind), generation);
        const fields = columns.map(({ field }) => field);
        expect(new Set(columns.map(({ code }) => code)).size).to.equal(columns.length);
        columns.forEach((column, index) => {
          expect(column.require, column.code).to.have.all.keys(COUNTERPART_KINDS);
          expect(column.max, column.code).to.be.greaterThan(0);
          expect(column.disclosure, column.code).to.be.oneOf(['PUBLIC', 'INTERNAL', 'PERSONAL']);
          const { idTypeField, notBefore, requiredWhen } = column;
          // A column may look only at columns before it.
          const type = fields.indexOf(idTypeField ?? '');
          if (type >= 0) expect(type, column.code).to.be.lessThan(index);
          if (notBefore && generation === 'g3') expect(fields, column.code).to.include(notBefore.field);
          for (const value of requiredWhen?.penaltyKinds ?? []) {
            expect(loadValueLists().penaltyKinds.get(valueKey(value)), value).to.deep.equal([value]);
          }
        });
      });
    }
  }

  it('has no two columns of one field in the current edition', () => {
    for (const kind of NATIONAL_KINDS) {
      const fields = templateOf(feedOf(kind)).columns.map(({ field }) => field);
      expect(new Set(fields).size).to.equal(fields.length);
    }
  });

  it('has aliases only for fields that some edition has', () => {
    const aliases = read('aliases.json') as {
      fields: Record<string, string[]>;
      kinds: Record<string, { fields: Record<string, string[]> }>;
    };
    for (const kind of NATIONAL_KINDS) {
      const known = GENERATIONS.flatMap((generation) =>
        templateOf(feedOf(kind), generation).columns.map(({ field }) => field),
      );
      expect(known).to.include.members(Object.keys(aliases.fields));
      expect(known).to.include.members(Object.keys(aliases.kinds[kind]?.fields ?? {}));
    }
  });

  it('holds columns in the order of the national template', () => {
    const codes = templateOf('market/penalty').columns.map(({ code }) => code);
    expect(codes.slice(0, 3)).to.deep.equal(['CF_XDR_MC', 'CF_XDR_LB', 'CF_XDR_SHXYM']);
    expect(codes.slice(-6)).to.deep.equal(['CF_GSJZQ', 'CF_CFJG', 'CF_CFJGDM', 'CF_SJLY', 'CF_SJLYDM', 'BZ']);
    expect(templateOf('market/license').columns).to.have.length(28);
    expect(codes).to.have.length(30);
  });

  it('names only folders of known editions', () => {
    const folders = readdirSync(FEED, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).to.deep.equal([...GENERATIONS]);
  });
});

describe('names and codes of fields', () => {
  it('gives the Chinese name and the upstream code', () => {
    expect(columnName('market/license', 'decidedOn')).to.equal('许可决定日期');
    expect(columnName('market/penalty', 'decidedOn')).to.equal('处罚决定日期');
    expect(upstreamCodeOf('market/penalty', 'fine')).to.equal('CF_NR_FK');
  });

  it('knows fields of the 2016 edition by name, but has no current code for them', () => {
    expect(columnName('market/penalty', 'useScope')).to.equal('信息使用范围');
    expect(upstreamCodeOf('market/penalty', 'useScope')).to.equal(undefined);
  });
});

describe('publicColumns', () => {
  const fieldsOf = (...args: Parameters<typeof publicColumns>): string[] =>
    publicColumns(...args).map(({ field }) => field);

  it('never has an identity number', () => {
    for (const kind of NATIONAL_KINDS) {
      for (const party of COUNTERPART_KINDS) {
        expect(fieldsOf(feedOf(kind), party)).to.not.include.members(['idNumber']);
        expect(fieldsOf(feedOf(kind), party)).to.not.include.members(['legalRepresentativeIdNumber']);
        expect(fieldsOf(feedOf(kind), party)).to.not.include('remark');
      }
    }
  });

  it('shows the code of a firm, and of a natural person only what is marked so', () => {
    expect(fieldsOf('market/license', 'LEGAL_PERSON')).to.include.members([
      'uscc',
      'legalRepresentative',
      'content',
    ]);
    const person = fieldsOf('market/license', 'NATURAL_PERSON');
    expect(person).to.include('counterpartName');
    expect(person).to.not.include('uscc');
    expect(person).to.not.include('certificateNumber');
  });

  it('shows hardly anything of penalties of natural persons', () => {
    expect(fieldsOf('market/penalty', 'NATURAL_PERSON')).to.deep.equal([
      'counterpartName',
      'counterpartKind',
    ]);
  });
});

describe('sampleRow', () => {
  it('fills every required column', () => {
    for (const kind of NATIONAL_KINDS) {
      for (const party of COUNTERPART_KINDS) {
        const sample = sampleRow(feedOf(kind), party);
        for (const { field, require } of templateOf(feedOf(kind)).columns) {
          if (require[party] === 'R') expect(sample, field).to.have.property(field);
          if (require[party] === '-') expect(sample, field).to.not.have.property(field);
        }
      }
    }
  });
});
