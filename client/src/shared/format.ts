import type { RecordKind, RecordOrigin } from '../graphql/__generated__/documents.ts';
/** Long-term validity is stored as this day. */
const LONG_TERM = '2099-12-31';
const NOTHING = '—';

/** Civil days come as YYYY-MM-DD and are shown so. */
export function formatDate(date: string | null | undefined): string {
  if (!date) return NOTHING;
  return date === LONG_TERM ? '长期' : date;
}

const clockOfChina = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** YYYY-MM-DD HH:mm:ss in China, wherever the browser stands. */
export function formatInstant(instant: string | number | Date | null | undefined): string {
  if (instant === null || instant === undefined) return NOTHING;
  const part = Object.fromEntries(
    clockOfChina.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]),
  );
  return `${part.year ?? ''}-${part.month ?? ''}-${part.day ?? ''} ${part.hour ?? ''}:${part.minute ?? ''}:${part.second ?? ''}`;
}

export function formatCount(count: number | undefined): string {
  return (count ?? 0).toLocaleString('zh-CN');
}

/** Digits in groups of three, no zeros at the end. Amounts are text, so that no decimal is lost on the way. */
export function formatAmount(decimal: string): string {
  const match = /^(-?)(\d+)(?:(\.\d*[1-9])0*|\.0*)?$/.exec(decimal.trim());
  if (!match) return decimal;
  const [, sign = '', whole = '', fraction = ''] = match;
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, ',') + fraction;
}

/** 当前状态 is kept as the code of the national template. */
const RECORD_STATES: Readonly<Record<string, string>> = { '1': '有效', '2': '无效' };

/** A column of a record as the server gives it: name and text. */
export function formatField(name: string, value: string): string {
  if (value === '') return NOTHING;
  if (name === '当前状态') return RECORD_STATES[value] ?? value;
  if (value === LONG_TERM) return '长期';
  return name.includes('万元') ? formatAmount(value) : value;
}

const KINDS: Readonly<Record<RecordKind, string>> = {
  LICENSE: '行政许可',
  PENALTY: '行政处罚',
  COERCION: '行政强制',
  CONFIRMATION: '行政确认',
  LEVY: '行政征收',
  BENEFIT: '行政给付',
  RULING: '行政裁决',
  COMPENSATION: '行政补偿',
  REWARD: '行政奖励',
  INSPECTION: '行政监督检查',
  WAIVER: '不予处罚',
  GRADE: '信用评价',
  POINTS: '信用记分',
  LISTING: '信用名单',
  HONOR: '荣誉信息',
  COMMITMENT: '信用承诺',
  CONTRACT: '合同履约',
  ARREARS: '欠缴信息',
  PAYMENT: '缴纳使用信息',
  QUALIFICATION: '资质资格',
  IP: '知识产权',
  JUDGMENT: '司法裁判执行',
  COMPLAINT: '投诉举报核实',
  PROPERTY: '不动产登记',
  REPORT: '年报与经营信息',
  INCIDENT: '事故事件',
  REPAIR: '信用修复',
};

export function kindText(kind: string): string {
  return KINDS[kind as RecordKind] ?? kind;
}

const ORIGINS: Readonly<Record<RecordOrigin, string>> = {
  CITY: '本市',
  PROVINCE: '省级回流',
  NATION: '国家回流',
};

export function originText(origin: RecordOrigin): string {
  return ORIGINS[origin];
}

interface StateText {
  readonly text: string;
  readonly tone: 'good' | 'busy' | 'warn' | 'bad' | 'plain';
}

const BATCH_STATES: Readonly<Record<string, StateText>> = {
  RECEIVED: { text: '排队中', tone: 'plain' },
  INGESTING: { text: '处理中', tone: 'busy' },
  INGESTED: { text: '全部入库', tone: 'good' },
  PARTLY_INGESTED: { text: '部分入库', tone: 'warn' },
  FAILED: { text: '处理失败', tone: 'bad' },
};
export function batchState(state: string): StateText {
  return BATCH_STATES[state] ?? { text: state, tone: 'plain' };
}

/** In the order of the columns; together they are all rows read. */
export const ROW_OUTCOMES = [
  { key: 'inserted', outcome: 'INSERTED', text: '新增' },
  { key: 'updated', outcome: 'UPDATED', text: '更新' },
  { key: 'unchanged', outcome: 'UNCHANGED', text: '未变' },
  { key: 'conflict', outcome: 'CONFLICT', text: '冲突' },
  { key: 'refused', outcome: 'REFUSED', text: '疑问' },
] as const;

/** From done to given up; the colours are those of the bars on the board. */
export const PUSH_STATES = [
  { state: 'CONFIRMED', text: '已确认', color: '#3f8f4f' },
  { state: 'SENT', text: '已送达', color: '#2f6fb7' },
  { state: 'SENDING', text: '推送中', color: '#7fb0e0' },
  { state: 'PENDING', text: '待推送', color: '#b8bec6' },
  { state: 'RETRY', text: '待重试', color: '#e6a23c' },
  { state: 'REFUSED', text: '上级退回', color: '#d9622b' },
  { state: 'DEAD', text: '死信', color: '#8c1d18' },
  { state: 'SUPERSEDED', text: '已被取代', color: '#dfe3e8' },
] as const;
