import dayjs from 'dayjs';

/** Long-term validity is stored as this day. */
const LONG_TERM = '2099-12-31';

export function formatDate(date: string | null | undefined): string {
  if (!date) return '—';
  return date.slice(0, 10) === LONG_TERM ? '长期' : dayjs(date).format('YYYY-MM-DD');
}

export function formatInstant(instant: string | null | undefined): string {
  return instant ? dayjs(instant).format('YYYY-MM-DD HH:mm') : '—';
}

export function formatCount(count: number): string {
  return count.toLocaleString('zh-CN');
}

const KINDS: Readonly<Record<string, string>> = { LICENSE: '行政许可', PENALTY: '行政处罚' };
export function kindText(kind: string): string {
  return KINDS[kind] ?? kind;
}

const BATCH_STATES: Readonly<Record<string, { text: string; color: string }>> = {
  RECEIVED: { text: '处理中', color: 'processing' },
  PARSED: { text: '处理中', color: 'processing' },
  VALIDATED: { text: '处理中', color: 'processing' },
  INGESTED: { text: '全部入库', color: 'success' },
  PARTLY_INGESTED: { text: '部分入库', color: 'warning' },
  FAILED: { text: '失败', color: 'error' },
};
export function batchState(state: string): { text: string; color: string } {
  return BATCH_STATES[state] ?? { text: state, color: 'default' };
}

/** In the order an item passes through them; the colours are those of the board's bars. */
export const PUSH_STATES = [
  { state: 'CONFIRMED', text: '已确认', color: '#389e0d' },
  { state: 'SENT', text: '待回执', color: '#1677ff' },
  { state: 'SENDING', text: '发送中', color: '#69b1ff' },
  { state: 'PENDING', text: '待推送', color: '#bfbfbf' },
  { state: 'RETRY', text: '待重试', color: '#faad14' },
  { state: 'REFUSED', text: '被退回', color: '#d4380d' },
  { state: 'DEAD', text: '死信', color: '#820014' },
  { state: 'SUPERSEDED', text: '已被新版本取代', color: '#d9d9d9' },
] as const;

const SUBJECT_STATES: Readonly<Record<string, string>> = {
  ACTIVE: '存续',
  PROVISIONAL: '待核实',
};
export function subjectState(state: string | null | undefined): string {
  return state ? (SUBJECT_STATES[state] ?? state) : '—';
}
