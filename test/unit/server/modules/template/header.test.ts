import { expect } from 'chai';
import fc from 'fast-check';
import {
  GENERATIONS,
  HELPER_FIELDS,
  matchHeaderOf,
  templateOf,
} from '../../../../../server/modules/template/index.ts';
import { feedOf, NATIONAL_KINDS, type NationalKind } from '../../../../support/feeds.ts';

const match = (kind: NationalKind, text: string): ReturnType<ReturnType<typeof matchHeaderOf>> =>
  matchHeaderOf(feedOf(kind))(text.split('|'));

describe('matchHeaderOf', () => {
  for (const kind of NATIONAL_KINDS) {
    for (const generation of GENERATIONS) {
      const { columns } = templateOf(feedOf(kind), generation);
      const fields = columns.map(({ field }) => field);

      it(`reads the ${kind} header of ${generation} by names, codes and both`, () => {
        for (const header of [
          columns.map(({ name }) => name),
          columns.map(({ code }) => code),
          columns.map(({ code }) => code.toLowerCase()),
          columns.map(({ name, code }) => `${name}（${code}）`),
          columns.map(({ name, code }) => `${code} ${name}`),
        ]) {
          expect(matchHeaderOf(feedOf(kind))(header)).to.deep.equal({
            generation,
            fields,
            score: columns.length,
          });
        }
      });

      it(`reads the ${kind} header of ${generation} in any order and decoration`, () => {
        const decorated = columns.map(
          ({ name }, i) => [`*${name}`, ` ${name}（必填）\n`, `【必填】${name}：`][i % 3] as string,
        );
        const reversed = matchHeaderOf(feedOf(kind))([...decorated].reverse());
        expect(reversed).to.deep.equal({ generation, fields: [...fields].reverse(), score: columns.length });
      });
    }

    it(`never takes a header of the other kind for ${kind}`, () => {
      for (const other of NATIONAL_KINDS.filter((name) => name !== kind)) {
        for (const generation of GENERATIONS) {
          const { columns } = templateOf(feedOf(other), generation);
          expect(matchHeaderOf(feedOf(kind))(columns.map(({ name }) => name))).to.equal(undefined);
          expect(matchHeaderOf(feedOf(kind))(columns.map(({ code }) => code))).to.equal(undefined);
        }
      }
    });
  }

  it('reads what market regulators and province sites give out', () => {
    const licence = match(
      'LICENSE',
      '|注册号|企业名称|许可文件编号|许可文件名称|有效期始|有效期至|许可机关|许可内容',
    );
    expect(licence?.fields).to.deep.equal([
      undefined, 'registrationNumber', 'counterpartName', 'documentNumber', 'documentTitle',
      'validFrom', 'validTo', 'authorityName', 'content',
    ]); // prettier-ignore
    const penalty = match(
      'PENALTY',
      '注册号|企业名称|处罚决定书文号|违法类型|处罚类型|行政处罚内容|处罚决定日期|处罚决定机关|罚款金额|没收金额',
    );
    expect(penalty?.score).to.equal(10);
    expect(penalty?.fields.slice(-2)).to.deep.equal(['fine', 'confiscated']);
  });

  for (const header of [
    '统一信用代码/注册号|企业名称|良好信息类别|信息级别|信息认定年度|信息认定类别|认定有效期限自|认定有效期限至|认定发布文号|认定发布部门|备注',
    '股权所在企业名称|执行法院|执行事项|司法协助公示通知书文号|执行裁定书文号|被执行人|公示日期',
    '权力类别|权力编码|权力名称|实施依据|行政相对人类别',
    '企业名称|工商注册号|组织机构代码|统一社会信用代码',
    '资质证书名称|资质证书编号|资质等级|资质许可内容|资质生效期|资质截止期',
    '单位名称|本单位公示网址|行政许可|行政许可|行政许可|行政处罚|行政处罚|行政处罚|报送方式',
    '机构名称|统一社会信用代码|组织机构代码|法人代表（负责人）|经营地址|联系电话|对应审批',
    '序号|检查内容|操作方法与要领|是否   检查|发现问题情况',
    '',
  ]) {
    it(`takes ${header.slice(0, 20) || 'an empty row'}… for neither kind`, () => {
      for (const kind of NATIONAL_KINDS) expect(match(kind, header)).to.equal(undefined);
    });
  }

  it('lets the brackets decide what 代码_2 is, as the editions differ', () => {
    const rest = '|行政处罚决定书文号|行政相对人名称|处罚依据|处罚机关|处罚决定日期';
    expect(match('PENALTY', `行政相对人代码_2（组织机构代码）${rest}`)?.fields[0]).to.equal(
      'organizationCode',
    );
    expect(match('PENALTY', `行政相对人代码_2 (工商注册号)${rest}`)?.fields[0]).to.equal(
      'registrationNumber',
    );
    expect(match('PENALTY', `行政相对人代码_2${rest}`)?.fields[0]).to.equal('registrationNumber');
  });

  it('does not read a column in 元 as one in 万元', () => {
    const rest = '|行政处罚决定书文号|行政相对人名称|处罚依据|处罚机关|处罚决定日期';
    expect(match('PENALTY', `罚款金额（元）${rest}`)?.fields[0]).to.equal(undefined);
    expect(match('PENALTY', `罚款金额（万元）${rest}`)?.fields[0]).to.equal('fine');
  });

  it('recognises the helper columns of a problem workbook without counting them as columns of the feed', () => {
    const found = match(
      'PENALTY',
      '确认|问题编号|问题说明|原文件行号|行政处罚决定书文号|行政相对人名称|处罚依据|处罚机关|处罚决定日期',
    );
    expect(found?.fields.slice(0, 4)).to.deep.equal(Object.values(HELPER_FIELDS));
    expect(match('PENALTY', '确认|问题编号|问题说明|原文件行号|行政处罚决定书文号')).to.equal(undefined);
  });

  it('keeps the column that is called as in the template when a look-alike stands before it', () => {
    const found = match('LICENSE', '文号|行政许可决定文书号|行政相对人名称|许可机关|许可内容|许可决定日期');
    expect(found?.fields.slice(0, 2)).to.deep.equal([undefined, 'documentNumber']);
  });

  it('takes …SFZH for …ZJHM', () => {
    const found = match('PENALTY', 'CF_WSH|CF_XDR_MC|CF_FR_ZJLX|CF_FR_SFZH|CF_SY|CF_YJ');
    expect(found?.generation).to.equal('g3');
    expect(found?.fields[3]).to.equal('legalRepresentativeIdNumber');
    expect(match('PENALTY', 'CF_WSH|CF_XDR_MC|CF_XDR_SFZH|CF_SY|CF_YJ')?.fields[2]).to.equal('idNumber');
  });

  it('accepts one JSON row that leaves out empty keys, because codes prove the kind', () => {
    expect(match('LICENSE', 'XK_XDR_MC|XK_NR|XK_JDRQ|XK_XKJG|XK_ZT')?.score).to.equal(5);
  });

  it('does not take a row of data for a header', () => {
    expect(
      match(
        'PENALTY',
        '金川区示例百货店|个体工商户|罚款；没收违法所得|没收违法所得120元，罚款5000元|0.5|处罚',
      ),
    ).to.equal(undefined);
  });

  it('never fails, whatever stands in the cells (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (cells) => {
        for (const kind of NATIONAL_KINDS) {
          const found = matchHeaderOf(feedOf(kind))(cells);
          if (found) expect(found.fields).to.have.length(cells.length);
        }
      }),
    );
  });
});
