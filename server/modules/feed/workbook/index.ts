export { templateWorkbook } from './template-workbook.ts';
export { problemWorkbook, type ProblemSheetRow } from './problem-workbook.ts';
