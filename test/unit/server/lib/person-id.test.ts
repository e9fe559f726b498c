import { expect } from 'chai';
import { checkPersonId } from '../../../../server/lib/person-id.ts';

describe('checkPersonId', () => {
  const check = (id: string) => checkPersonId(id, '2026-11-24');

  for (const id of ['11010519491231002X', '440524188001010014', '620302199001010012', '620321198807150027']) {
    it(`accepts ${id}`, () => {
      expect(check(id)).to.deep.equal({ ok: true, id });
    });
  }

  it('converts the old number of 15 digits and a small x', () => {
    expect(check('110105491231002')).to.deep.equal({ ok: true, id: '11010519491231002X' });
    expect(check('11010519491231002x').ok).to.equal(true);
  });

  for (const [id, fault] of [
    ['620302199001010013', 'PERSON_ID_CHECK'],
    ['620302199002300012', 'PERSON_ID_BIRTH_DATE'],
    ['620302203001010012', 'PERSON_ID_BIRTH_DATE'],
    ['62030219900101001', 'PERSON_ID_SHAPE'],
    ['身份证', 'PERSON_ID_SHAPE'],
  ] as const) {
    it(`refuses ${id} with ${fault}`, () => {
      expect(check(id)).to.deep.equal({ ok: false, fault });
    });
  }
});
