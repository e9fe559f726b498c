import {
  allKinds,
  keyFieldsOf,
  kindOf,
  listFeeds,
  listSectors,
  templateOf,
  type Column,
  type CounterpartKind,
  type FeedDefinition,
  type SectorFile,
} from '../server/modules/template/index.ts';

const NOTE =
  '<!-- Written by `npm run codegen` from schema/sectors and schema/kinds; change those instead. -->\n';
const SUBJECTS: Readonly<Record<CounterpartKind, string>> = {
  LEGAL_PERSON: '法人及非法人组织',
  INDIVIDUAL_BUSINESS: '个体工商户',
  NATURAL_PERSON: '自然人',
};
const DISCLOSURE = { PUBLIC: '社会公开', SHARED: '政务共享', AUTHORIZED: '授权查询' } as const;
const CADENCE = {
  DAILY: '每日',
  WEEKLY: '每周',
  MONTHLY: '每月',
  QUARTERLY: '每季',
  YEARLY: '每年',
  PER_EVENT: '按事项',
} as const;
const TYPES: Readonly<Record<Column['type'], string>> = {
  TEXT: '文字',
  NUMBER: '编号',
  CODE: '代码',
  DATE: '日期',
  AMOUNT: '金额（万元）',
  INTEGER: '整数',
  DECIMAL: '数值',
};

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const row = (...cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

function requirement({ require }: Column): string {
  const letters = [...new Set(Object.values(require))];
  if (letters.length === 1) return letters[0] ?? '';
  return `${require.LEGAL_PERSON}/${require.INDIVIDUAL_BUSINESS}/${require.NATURAL_PERSON}`;
}

function rule({ options, requiredWhen, patternHint, least, most, notBefore }: Column, name: Names): string {
  const parts = [
    options && `只能填：${options.join('、')}`,
    requiredWhen &&
      Object.entries(requiredWhen)
        .map(([field, values]) => `${name(field)}为${values.join('、')}时必填`)
        .join('；'),
    patternHint && `格式：${patternHint}`,
    least !== undefined && `不小于 ${least}`,
    most !== undefined && `不大于 ${most}`,
    notBefore && `不早于${name(notBefore.field)}`,
  ];
  return parts.filter((part) => typeof part === 'string').join('；');
}

type Names = (field: string) => string;

function feedPart(feed: FeedDefinition): string {
  const { catalogue, kind } = feed;
  const { columns } = templateOf(feed.path);
  const name: Names = (field) => columns.find((column) => column.field === field)?.name ?? field;
  const { workingDays, name: kindName } = kindOf(kind);
  const facts = catalogue
    ? [
        row('目录代码', catalogue.code),
        row('类型', kindName),
        row('依据', catalogue.legalBasis),
        row('对象', catalogue.subjects.map((one) => SUBJECTS[one]).join('、')),
        row('公开', DISCLOSURE[catalogue.disclosure]),
        row('频率', `${CADENCE[catalogue.cadence]}；${String(workingDays)} 个工作日内`),
        row('区分', [...keyFieldsOf(feed.path).map(name), '主体', '机关'].join('、')),
      ]
    : [row('目录代码', '未列入目录，不能报送')];
  // The national template is the same for all: docs of each sector would repeat it.
  const own = kindOf(kind).generations
    ? ['列见 `schema/feed/g3`。']
    : [
        row('列', '代码', '类型', '长度', '必填', '规则'),
        '| --- | --- | --- | --- | --- | --- |',
        ...columns.map((column) =>
          row(
            column.name,
            column.code,
            TYPES[column.type],
            String(column.max),
            requirement(column),
            rule(column, name),
          ),
        ),
      ];
  return [
    `## ${feed.name} \`${feed.path}\``,
    '',
    row('', ''),
    '| --- | --- |',
    ...facts,
    '',
    ...own,
    '',
  ].join('\n');
}

function sectorPage(sector: SectorFile, feeds: readonly FeedDefinition[]): string {
  const { scheme } = sector;
  const words = [
    scheme.name,
    scheme.document,
    scheme.period,
    scheme.grades?.length ? `等级：${scheme.grades.join('、')}` : undefined,
    scheme.basis,
  ];
  const head = [
    `# ${sector.name}`,
    '',
    `报送单位：${sector.agencyName}（${sector.agencyUscc}）${sector.supplier ? '；信源单位，不在 29 个领域之内' : ''}`,
    '',
    words.filter((word) => word !== undefined && word !== '').join('；'),
    '',
    '必填：R 必填，C 有条件必填，O 选填，- 应为空；三个字母依次为法人、个体工商户、自然人。',
    '',
  ];
  return `${NOTE}${head.join('\n')}\n${feeds.map(feedPart).join('\n')}`;
}

function indexPage(): string {
  const rows = listSectors().map((sector) => {
    const own = listFeeds().filter((feed) => feed.sector === sector);
    const link = `[${sector.name}](${sector.slug}.md)`;
    return row(String(sector.number ?? ''), link, sector.agencyName, own.map(({ name }) => name).join('、'));
  });
  return [
    `${NOTE}# 数据目录`,
    '',
    `${String(listFeeds().length)} 个目录，${String(allKinds().length)} 种类型。新增领域见 [schema/sectors/README.md](../../schema/sectors/README.md)。`,
    '',
    row('', '领域', '报送单位', '目录'),
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** A page of each sector under `docs/sectors`, made from its data alone. */
export function sectorPages(): Map<string, string> {
  const feeds = listFeeds();
  return new Map([
    ['docs/sectors/README.md', indexPage()],
    ...listSectors().map(
      (sector) =>
        [
          `docs/sectors/${sector.slug}.md`,
          sectorPage(
            sector,
            feeds.filter((feed) => feed.sector === sector),
          ),
        ] as const,
    ),
  ]);
}
