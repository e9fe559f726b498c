export {
  ReconciliationService,
  type RecordFinding,
  type ReconciliationDifference,
  type ReconciliationRun,
} from './reconciliation.service.ts';
export type { RunFilter } from './reconciliation.repository.ts';
