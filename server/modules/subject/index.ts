export { SubjectService, type Subject, type SubjectIdentity } from './subject.service.ts';
export type { ImportOptions, ImportProblem, ImportResult } from './subject-import.ts';
export { REGISTER_COLUMNS } from './register-row.ts';
export type { SubjectOrigin } from './subject.model.ts';
export { readRegister } from './register-file.ts';
export { sameName } from './subject-name.ts';
