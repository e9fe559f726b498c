import { expect } from 'chai';
import fc from 'fast-check';
import {
  checkUscc,
  isOrganizationCode,
  usccCheckCharacter,
  USCC_PLACEHOLDER,
} from '../../../../server/lib/uscc.ts';

const VALID = `914403001922038216 9144030071526726XG 91100000100003962T 91110000710925462X 9162030022469067XF
  91620302X241120150 91620303710227920W 93620302670837977B 11320100MB1886843H 12100000400000624D
  11620300MA7B2C3D97 51620300MA7B2C3D93 92620302MA7B2C3D9Q`.split(/\s+/);

describe('checkUscc', () => {
  for (const code of VALID) {
    it(`accepts ${code} without a warning`, () => {
      expect(checkUscc(code)).to.deep.equal({ ok: true, code, warnings: [] });
    });
  }

  it('upper-cases before it checks', () => {
    expect(checkUscc('91110000x00016731q')).to.include({ ok: true, code: '91110000X00016731Q' });
  });

  for (const [code, fault] of [
    ['91310000132212144D', 'USCC_CHECK'],
    [USCC_PLACEHOLDER, 'USCC_CHECK'],
    ['无', 'USCC_LENGTH'],
    ['', 'USCC_LENGTH'],
    ['91620300MA7B2C3DIY', 'USCC_CHARACTER'],
    ['9162030AMA7B2C3D9Y', 'USCC_REGION'],
  ] as const) {
    it(`refuses ${code || 'an empty text'} with ${fault}`, () => {
      expect(checkUscc(code)).to.deep.equal({ ok: false, fault });
    });
  }

  it('only warns of an inner organisation code or a first pair that is off', () => {
    const body = '2A620300MA7B2C3D8';
    expect(checkUscc(body + usccCheckCharacter(body))).to.deep.include({
      ok: true,
      warnings: ['USCC_PAIR_UNUSUAL', 'USCC_ORGANIZATION_CODE_CHECK'],
    });
    expect(isOrganizationCode('MA7B2C3D9')).to.equal(true);
  });

  it('finds every single wrong character (property)', () => {
    const alphabet = [...'0123456789ABCDEFGHJKLMNPQRTUWXY'];
    fc.assert(
      fc.property(fc.constantFrom(...VALID), fc.nat(17), fc.constantFrom(...alphabet), (code, at, char) => {
        fc.pre(code[at] !== char);
        expect(checkUscc(code.slice(0, at) + char + code.slice(at + 1)).ok).to.equal(false);
      }),
    );
  });
});
