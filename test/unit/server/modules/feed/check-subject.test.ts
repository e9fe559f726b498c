import { expect } from 'chai';
import type { RecordDraft } from '../../../../../server/modules/credit-record/index.ts';
import { checkSubject } from '../../../../../server/modules/feed/check-subject.ts';
import type { SubjectIdentity } from '../../../../../server/modules/subject/index.ts';

const USCC = '91620300MA7B2C3D9Y';
const draftOf = (counterpartName: string, uscc?: string): RecordDraft =>
  ({
    feed: 'market/license',
    kind: 'LICENSE',
    counterpartName,
    ...(uscc === undefined ? {} : { uscc }),
  }) as RecordDraft;
const subject: SubjectIdentity = {
  uscc: USCC,
  name: '示例商贸（集团）有限公司',
  formerNames: ['示例贸易有限公司'],
  origin: 'BASE',
};

describe('a code and a name against the base library', () => {
  for (const name of [
    '示例商贸（集团）有限公司',
    '示例商贸(集团)有限公司',
    '示例商贸（集团） 有限公司',
    '示例贸易有限公司',
  ]) {
    it(`agree: ${name}`, () => {
      expect(checkSubject(draftOf(name, USCC), subject)).to.equal(undefined);
    });
  }

  it('disagree: an error on the name that says which name the code has', () => {
    expect(checkSubject(draftOf('别的公司', USCC), subject)).to.deep.equal({
      field: 'counterpartName',
      column: '行政相对人名称',
      code: 'FEED_SUBJECT_NAME_MISMATCH',
      params: { name: subject.name },
      severity: 'ERROR',
    });
  });

  it('disagree with what only another record said: a warning', () => {
    const fault = checkSubject(draftOf('别的公司', USCC), { ...subject, origin: 'PROVISIONAL' });
    expect([fault?.code, fault?.severity]).to.deep.equal(['FEED_SUBJECT_NAME_DIFFERS', 'WARNING']);
  });

  it('of nobody the library knows: a warning on the code', () => {
    const fault = checkSubject(draftOf('别的公司', USCC), undefined);
    expect([fault?.field, fault?.code, fault?.severity]).to.deep.equal([
      'uscc',
      'FEED_SUBJECT_UNKNOWN',
      'WARNING',
    ]);
  });

  it('without a code: nothing to hold against each other', () => {
    expect(checkSubject(draftOf('王示例'), undefined)).to.equal(undefined);
  });
});
