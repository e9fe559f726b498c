export type { ReportingAgency } from './row-state.ts';
export { validateRow, type RowRules } from './validate-row.ts';
export { subjectRuleOf, type SubjectRule } from './rules.ts';
