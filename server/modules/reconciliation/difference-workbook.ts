import { plainWorkbook } from '../../lib/plain-workbook.ts';
import { allKinds } from '../template/index.ts';
import type { DifferenceKind } from './judge.ts';
import type { DifferenceDoc } from './reconciliation.model.ts';
import type { RecordName } from './record-names.ts';

const COLUMNS = [
  { title: '差异', width: 12 },
  { title: '信源单位', width: 28 },
  { title: '类别', width: 14 },
  { title: '文书号', width: 32 },
  { title: '行政相对人', width: 32 },
  { title: '业务主键', width: 40 },
  { title: '平台接受的版本', width: 14 },
  { title: '平台日期', width: 12 },
  { title: '本地内容指纹', width: 24 },
  { title: '平台内容指纹', width: 24 },
  { title: '处理', width: 14 },
];

const KINDS: Readonly<Record<DifferenceKind, string>> = {
  MISSING_THERE: '平台缺失',
  MISSING_HERE: '本地缺失',
  DIFFERENT: '内容不一致',
};

type NamedDifference = Omit<DifferenceDoc, '_id' | 'run'> & RecordName;

function handlingOf({ repaired, repairable }: NamedDifference): string {
  if (repaired) return '已补推';
  return repairable ? '可补推' : '待人工核实';
}

/**
 * The differences of a run as .xlsx, for the centre to work through with agency and platform.
 * @param agencyName Chinese name by id
 */
export function differenceWorkbook(
  differences: readonly NamedDifference[],
  agencyName: ReadonlyMap<string, string>,
): Promise<Buffer> {
  const kinds = new Map<string, string>(allKinds().map(({ kind, name }) => [kind, name]));
  const rows = differences.map((difference) => [
    KINDS[difference.kind],
    agencyName.get(difference.agency) ?? '未知',
    kinds.get(difference.recordKind) ?? difference.recordKind,
    difference.documentNumber ?? '',
    difference.counterpartName ?? '',
    difference.key,
    difference.revision === undefined ? '' : String(difference.revision),
    difference.dayThere ?? '',
    difference.hashHere ?? '',
    difference.hashThere ?? '',
    handlingOf(difference),
  ]);
  return plainWorkbook({ name: '差异清单', columns: COLUMNS, rows });
}
