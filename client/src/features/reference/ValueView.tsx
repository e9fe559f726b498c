import type { ReferenceKind } from '../../graphql/__generated__/documents.ts';
import { Facts } from '../../shared/components.tsx';
import { ItemTable } from './ItemTable.tsx';
import type { CatalogueValue, CodeValue, HolidayValue, PowerValue } from './values.ts';
import { CADENCES, DISCLOSURES, LISTS, SUBJECTS } from './words.ts';

function catalogueFacts(value: CatalogueValue) {
  return [
    { label: '目录编码', value: value.code },
    { label: '目录类别', value: `第 ${String(value.class)} 类` },
    { label: '法定依据', value: value.legalBasis },
    { label: '信息主体', value: value.subjects.map((one) => SUBJECTS[one]).join('、') },
    { label: '公开属性', value: DISCLOSURES[value.disclosure] },
    { label: '更新频率', value: CADENCES[value.cadence] },
  ];
}

function holidayFacts({ document, off, work }: HolidayValue) {
  const rests = off.map(({ name, from, to }) => `${name ?? ''} ${from} 至 ${to}`.trim());
  return [
    { label: '通知文号', value: document || '—' },
    { label: '放假时段', value: rests.join('；') },
    { label: '调休上班日', value: work.join('、') || '无' },
  ];
}

function codeFacts({ list, text, means, noted }: CodeValue) {
  return [
    { label: '代码表', value: LISTS[list] ?? list },
    { label: '数据中出现的文字', value: text },
    { label: '用途', value: means ? `等同于 ${means.join('、')}` : '新增取值' },
    ...(noted ? [{ label: '注明', value: '须注明具体内容' }] : []),
  ];
}

/** What an entry says. */
export function ValueView({ kind, value }: { kind: ReferenceKind; value: object }) {
  switch (kind) {
    case 'CATALOGUE':
      return <Facts items={catalogueFacts(value as CatalogueValue)} />;
    case 'HOLIDAY':
      return <Facts items={holidayFacts(value as HolidayValue)} />;
    case 'CODE':
      return <Facts items={codeFacts(value as CodeValue)} />;
    case 'DIRECTORY':
    case 'POWER':
      return <ItemTable items={(value as PowerValue).items} />;
  }
}
