export { templateWorkbook } from './template-workbook.ts';
export { problemWorkbook } from './problem-workbook.ts';
export type { ProblemSheetRow } from './problem-sheet.ts';
