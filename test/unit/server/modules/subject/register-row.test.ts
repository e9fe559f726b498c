import { expect } from 'chai';
import { readRegisterRow, type RegisterCells } from '../../../../../server/modules/subject/register-row.ts';

const GOOD: RegisterCells = {
  name: ' 示例市路时普建筑工程有限公司 ',
  uscc: '91629904ma98ru5a30',
  foundedOn: '2013/3/9',
  type: 'N/A',
  capital: '2,260.5(万元人民币)',
  scope: '市政公用工程施工',
  province: '示例',
  region: '示例',
  address: '',
};

function faultsOf(cells: Partial<RegisterCells>): string[] {
  const result = readRegisterRow({ ...GOOD, ...cells });
  return 'faults' in result ? result.faults.map(({ column, code }) => `${column} ${code}`) : [];
}

describe('a row of the register', () => {
  it('is read with its code in capitals, its day as a civil date and nothing where N/A stands', () => {
    const result = readRegisterRow(GOOD);
    expect(result).to.have.property('entry');
    if (!('entry' in result)) return;
    expect(result.entry).to.include({
      uscc: '91629904MA98RU5A30',
      name: '示例市路时普建筑工程有限公司',
      foundedOn: '2013-03-09',
    });
    expect(result.entry).to.not.have.any.keys('type', 'address');
    expect(result.entry.capital).to.include({ amount: 2_260_500_000n, currency: 'CNY' });
    expect(result.warnings).to.deep.equal([]);
  });

  it('has the same hash for the same content and another for any change', () => {
    const hash = (cells: Partial<RegisterCells>) => {
      const result = readRegisterRow({ ...GOOD, ...cells });
      return 'entry' in result ? result.entry.contentHash : '';
    };
    expect(hash({ foundedOn: '2013-03-09', address: 'N/A' })).to.equal(hash({}));
    const others = [
      { capital: '2260.5(万元人民币)' },
      { scope: '' },
      { region: '东岭' },
      { name: '别的名称' },
    ];
    expect(new Set([hash({}), ...others.map(hash)]).size).to.equal(others.length + 1);
  });

  it('keeps capital that cannot be read, with a warning', () => {
    const result = readRegisterRow({ ...GOOD, capital: '叁佰万' });
    expect(result).to.have.nested.property('entry.capital.text', '叁佰万');
    expect('warnings' in result && result.warnings).to.deep.equal(['CAPITAL_UNREADABLE']);
  });

  it('is refused with every fault of every column at once', () => {
    expect(faultsOf({ uscc: '无', name: ' ' })).to.have.members([
      '企业名称 SUBJECT_NAME_EMPTY',
      '统一社会信用代码 USCC_LENGTH',
    ]);
    expect(faultsOf({ uscc: '91629904MA98RU5A31' })).to.deep.equal(['统一社会信用代码 USCC_CHECK']);
    expect(faultsOf({ foundedOn: '2023-02-29' })).to.deep.equal(['注册日期 SUBJECT_DATE_INVALID']);
    expect(faultsOf({ name: '长'.repeat(201) })).to.deep.equal(['企业名称 SUBJECT_TEXT_TOO_LONG']);
    expect(faultsOf({ address: '示例\ufffd路' })).to.deep.equal(['注册地址 SUBJECT_TEXT_UNDECODABLE']);
  });
});
