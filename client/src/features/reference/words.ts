import type { Tone } from '../../shared/components.tsx';
import type {
  CounterpartKind,
  FeedCadence,
  FeedDisclosure,
  ReferenceKind,
  ReferenceState,
} from '../../graphql/__generated__/documents.ts';

export const KINDS: Readonly<Record<ReferenceKind, string>> = {
  CATALOGUE: '信用信息目录',
  HOLIDAY: '放假安排',
  CODE: '代码',
  DIRECTORY: '双公示目录',
  POWER: '权责清单',
};

export const STATES: Readonly<Record<ReferenceState, { text: string; tone: Tone }>> = {
  DRAFT: { text: '草稿', tone: 'plain' },
  SUBMITTED: { text: '待复核', tone: 'warn' },
  RETURNED: { text: '已退回', tone: 'bad' },
  APPROVED: { text: '已通过', tone: 'good' },
  WITHDRAWN: { text: '已撤回', tone: 'plain' },
};

export const SUBJECTS: Readonly<Record<CounterpartKind, string>> = {
  LEGAL_PERSON: '法人及非法人组织',
  INDIVIDUAL_BUSINESS: '个体工商户',
  NATURAL_PERSON: '自然人',
};

export const DISCLOSURES: Readonly<Record<FeedDisclosure, string>> = {
  PUBLIC: '社会公开',
  SHARED: '政务共享',
  AUTHORIZED: '授权查询',
};

export const CADENCES: Readonly<Record<FeedCadence, string>> = {
  DAILY: '每日',
  WEEKLY: '每周',
  MONTHLY: '每月',
  QUARTERLY: '每季',
  YEARLY: '每年',
  PER_EVENT: '按事项',
};

export const LISTS: Readonly<Record<string, string>> = {
  'license-kinds': '许可类别',
  'penalty-kinds': '处罚类别',
  'id-types': '证件类型',
  'counterpart-kinds': '行政相对人类别',
  states: '当前状态',
};

/** Lists whose values are fixed: a text can only stand for one of them. */
export const FIXED_LISTS: readonly string[] = ['counterpart-kinds', 'states'];

export function optionsOf(words: Readonly<Record<string, string>>): { value: string; label: string }[] {
  return Object.entries(words).map(([value, label]) => ({ value, label }));
}
