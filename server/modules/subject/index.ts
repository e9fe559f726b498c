export { SubjectService, type Subject, type SubjectIdentity } from './subject.service.ts';
export type { ImportProblem, ImportResult } from './subject-import.ts';
export { REGISTER_COLUMNS } from './register-layout.ts';
export { readRegister } from './register-file.ts';
export { sameName } from './subject-name.ts';
