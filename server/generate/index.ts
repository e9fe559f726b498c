export { borrowFrom } from './borrow.ts';
export { fieldsOf, headerOf } from './columns.ts';
export { cellsOf, csvOf, SUBJECT_HEADER, subjectCells } from './csv.ts';
export { decisionDays } from './days.ts';
export { feedRows, type RowOptions } from './feed-rows.ts';
export { generateFiles } from './generate-files.ts';
export type { Manifest } from './manifest.ts';
export { FirmSource } from './subjects.ts';
