import { expect } from 'chai';
import type { RecordDraft } from '../../../../../server/modules/credit-record/index.ts';
import { checkSubject } from '../../../../../server/modules/feed/check-subject.ts';
import type { CellFault } from '../../../../../server/modules/feed/feed.types.ts';
import { subjectRuleOf } from '../../../../../server/modules/feed/validate/index.ts';
import { civilDate } from '../../../../../server/lib/civil-date.ts';
import type { SubjectIdentity } from '../../../../../server/modules/subject/index.ts';

const USCC = '91620300MA7B2C3D9Y';
const draftOf = (counterpartName: string, uscc?: string, decidedOn = '2026-03-01'): RecordDraft =>
  ({
    feed: 'market/license',
    kind: 'LICENSE',
    counterpartName,
    decidedOn,
    ...(uscc === undefined ? {} : { uscc }),
  }) as RecordDraft;
const subject: SubjectIdentity = {
  uscc: USCC,
  name: '示例商贸（集团）有限公司',
  formerNames: [{ name: '示例贸易(东)有限公司', until: civilDate('2026-02-01') }, { name: '示例百货商店' }],
  origin: 'BASE',
  status: '存续',
};
const ended = (status: string): SubjectIdentity => ({
  ...subject,
  status,
  endedOn: civilDate('2026-02-28'),
});
const told = (faults: readonly CellFault[]): string[][] =>
  faults.map(({ field, code, severity }) => [field, code, severity]);

describe('a code and a name against the base library', () => {
  for (const name of ['示例商贸（集团）有限公司', '示例商贸(集团)有限公司', '示例商贸（集团） 有限公司']) {
    it(`agree: ${name}`, () => {
      expect(checkSubject(draftOf(name, USCC), subject)).to.deep.equal([]);
    });
  }

  for (const name of ['示例贸易（东）有限公司', '示例百货商店']) {
    it(`of a former name: a warning that says the present one: ${name}`, () => {
      expect(checkSubject(draftOf(name, USCC), subject)).to.deep.equal([
        {
          field: 'counterpartName',
          column: '行政相对人名称',
          code: 'FEED_FORMER_NAME',
          params: { name: subject.name },
          severity: 'WARNING',
        },
      ]);
    });
  }

  it('of a firm that was no more on the day of the decision: a warning, or what the feed has', () => {
    const late = draftOf(subject.name, USCC, '2026-03-01');
    expect(told(checkSubject(late, ended('注销')))).to.deep.equal([
      ['decidedOn', 'FEED_SUBJECT_ENDED', 'WARNING'],
    ]);
    const strict = { ...subjectRuleOf(''), ended: 'ERROR' as const };
    expect(told(checkSubject(late, ended('注销'), strict))).to.deep.equal([
      ['decidedOn', 'FEED_SUBJECT_ENDED', 'ERROR'],
    ]);
    expect(checkSubject(draftOf(subject.name, USCC, '2026-02-28'), ended('注销'))).to.deep.equal([]);
    expect(told(checkSubject(draftOf('示例百货商店', USCC), ended('注销')))).to.have.lengthOf(2);
  });

  it('disagree: an error on the name that says which name the code has', () => {
    expect(checkSubject(draftOf('别的公司', USCC), subject)).to.deep.equal([
      {
        field: 'counterpartName',
        column: '行政相对人名称',
        code: 'FEED_SUBJECT_NAME_MISMATCH',
        params: { name: subject.name },
        severity: 'ERROR',
      },
    ]);
  });

  it('disagree with what only another record said: a warning', () => {
    const faults = checkSubject(draftOf('别的公司', USCC), { ...subject, origin: 'PROVISIONAL' });
    expect(told(faults)).to.deep.equal([['counterpartName', 'FEED_SUBJECT_NAME_DIFFERS', 'WARNING']]);
  });

  it('of nobody the library knows: a warning on the code', () => {
    const faults = checkSubject(draftOf('别的公司', USCC), undefined);
    expect(told(faults)).to.deep.equal([['uscc', 'FEED_SUBJECT_UNKNOWN', 'WARNING']]);
  });

  it('without a code: nothing to hold against each other', () => {
    expect(checkSubject(draftOf('王示例'), undefined)).to.deep.equal([]);
  });
});
