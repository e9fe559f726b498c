export { validateRow, type RowRules } from './validate-row.ts';
