export { QualityService } from './quality.service.ts';
export type { FindingDoc, FindingResult, WrongColumn } from './check.model.ts';
export type { NewCheck, SpotCheck } from './check.service.ts';
export type { DecisionCount, DutyOfAgency } from './duty.service.ts';
export type { GapDoc } from './gap.model.ts';
export type { NoticeDoc } from './notice.model.ts';
export type { NewOrder, SupervisionOrder } from './order.service.ts';
export type { Grouping, QualityRow } from './report.ts';
