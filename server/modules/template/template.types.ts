/** Kinds of records; `schema/kinds` has a file of each. */
export const RECORD_KINDS = [
  'LICENSE',
  'PENALTY',
  'COERCION',
  'CONFIRMATION',
  'LEVY',
  'BENEFIT',
  'RULING',
  'COMPENSATION',
  'REWARD',
  'INSPECTION',
  'WAIVER',
  'GRADE',
  'POINTS',
  'LISTING',
  'HONOR',
  'COMMITMENT',
  'CONTRACT',
  'ARREARS',
  'PAYMENT',
  'QUALIFICATION',
  'IP',
  'JUDGMENT',
  'COMPLAINT',
  'PROPERTY',
  'REPORT',
  'INCIDENT',
  'REPAIR',
] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** Where records come from that are not ours: 省级回流, 国家回流. */
export type RecordOrigin = 'PROVINCE' | 'NATION';

export const COUNTERPART_KINDS = ['LEGAL_PERSON', 'INDIVIDUAL_BUSINESS', 'NATURAL_PERSON'] as const;
/** 法人及非法人组织、个体工商户、自然人 */
export type CounterpartKind = (typeof COUNTERPART_KINDS)[number];

export const GENERATIONS = ['g1', 'g2', 'g3'] as const;
/** Edition of the national template a row came in: 2016, 2018/2019, current. */
export type Generation = (typeof GENERATIONS)[number];

/** State of the decision itself 当前状态; the code upstream depends on the template. */
export type DecisionState = 'VALID' | 'REVOKED' | 'DISPUTED' | 'OTHER' | 'INVALID';

/** How a header reads as the header of a feed; the same object for all rows under it. */
export interface HeaderMatch {
  readonly generation: Generation;
  /** Per cell of the header the field name of the template, or a name of HELPER_FIELDS, or undefined. */
  readonly fields: readonly (string | undefined)[];
  /** Number of columns recognised; of several rows that match, the highest is the header. */
  readonly score: number;
}

/** Answers undefined when the cells are not the header of the feed. */
export type MatchHeader = (cells: readonly string[]) => HeaderMatch | undefined;

/** Columns of a problem-row workbook that are not data: 确认, 问题编号, 问题说明, 原文件行号. */
export const HELPER_FIELDS = {
  confirm: '$confirm',
  problemId: '$problemId',
  reasons: '$reasons',
  sourceRow: '$sourceRow',
} as const;

/** R required, C required under a condition, O optional, - must be empty. */
export type Requirement = 'R' | 'C' | 'O' | '-';

/** PERSONAL is never in `RecordDraft.fields` and never public; INTERNAL is stored as it is, but not shown. */
export type Disclosure = 'PUBLIC' | 'INTERNAL' | 'PERSONAL';

/**
 * What a cell holds. TEXT keeps its inner spaces; NUMBER is a document or certificate number (half-width); CODE is
 * half-width, upper case, without spaces; DATE becomes YYYY-MM-DD; AMOUNT is 万元 with at most six decimals; INTEGER
 * and DECIMAL are plain numbers.
 */
export type ColumnType = 'TEXT' | 'NUMBER' | 'CODE' | 'DATE' | 'AMOUNT' | 'INTEGER' | 'DECIMAL';

export type ValueList = 'counterpart-kinds' | 'id-types' | 'license-kinds' | 'penalty-kinds' | 'states';

/** One column of a template; `schema/feed/template.schema.json` says what each part means. */
export interface Column {
  /** Upstream code, capitals as the nation uses it. */
  readonly code: string;
  /** Chinese name as in the header of a workbook. */
  readonly name: string;
  readonly field: string;
  readonly type: ColumnType;
  /** Characters (code points). */
  readonly max: number;
  readonly require: Readonly<Record<CounterpartKind, Requirement>>;
  readonly disclosure: Disclosure;
  /** Whether the public may see it where the counterpart is a natural person. */
  readonly publicForPersons?: boolean;
  /** Treated as PERSONAL where the counterpart is a natural person: the name. */
  readonly personalForPersons?: boolean;
  readonly values?: ValueList;
  /** The only texts allowed, and texts met in place of them. */
  readonly options?: readonly string[];
  readonly synonyms?: Readonly<Record<string, string>>;
  /** Bounds of an INTEGER or DECIMAL. */
  readonly least?: string;
  readonly most?: string;
  /** Further names met in headers. */
  readonly aliases?: readonly string[];
  /** The reporting agency's own where the file has no value. */
  readonly agencyDefault?: 'NAME' | 'CODE';
  readonly check?: 'SUBJECT_CODE' | 'ORGAN_CODE' | 'ORGANIZATION_CODE' | 'ID_NUMBER';
  /** Column that holds the type of this identity number. */
  readonly idTypeField?: string;
  /** Whose 17 zeros and X are accepted in place of a code. */
  readonly codePlaceholder?: readonly CounterpartKind[];
  /** Regular expression over the normalised value, and what to tell when it fails. */
  readonly pattern?: string;
  readonly patternHint?: string;
  /** First two characters of the counterpart's code that may have this column; otherwise a warning. */
  readonly codePairs?: readonly string[];
  /** Placeholders such as 空 that this required column accepts although others refuse them. */
  readonly allowedPlaceholders?: readonly string[];
  /** Free text: searched for numbers of natural persons. */
  readonly freeText?: boolean;
  readonly notAfterToday?: boolean;
  readonly notBefore?: { readonly field: string; readonly severity: 'ERROR' | 'WARNING' };
  /** End of a period: 长期 and far-future dates mean 2099-12-31. */
  readonly endDate?: boolean;
  /** What stands for "no value" here; `fill` puts it into empty cells instead of refusing them. */
  readonly emptyValue?: { readonly value: string; readonly fill: boolean };
  /** Fields and the values of which one makes this column required. */
  readonly requiredWhen?: Readonly<Record<string, readonly string[]>>;
  /** With `requiredWhen`: refused otherwise. */
  readonly onlyThen?: boolean;
  /** Zero is refused where it is required. */
  readonly positive?: boolean;
  /** Amounts above this many 万元 wait for a confirmation. */
  readonly confirmAbove?: string;
}

/** Who may see the records of a feed: 社会公开, 政务共享, 授权查询. */
export type FeedDisclosure = 'PUBLIC' | 'SHARED' | 'AUTHORIZED';

export type Cadence = 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'QUARTERLY' | 'YEARLY' | 'PER_EVENT';

/** Entry of a feed in the catalogue 公共信用信息目录; without one nothing may be collected (国办发〔2020〕49号). */
export interface CatalogueItem {
  readonly code: string;
  /** Class of the national catalogue, 1 to 13. */
  readonly class: number;
  readonly legalBasis: string;
  readonly subjects: readonly CounterpartKind[];
  readonly disclosure: FeedDisclosure;
  readonly cadence: Cadence;
}

export interface Template {
  readonly kind: RecordKind;
  readonly generation: Generation;
  readonly name: string;
  /** In the order of the workbook. */
  readonly columns: readonly Column[];
}
