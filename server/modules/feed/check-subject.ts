import type { RecordDraft } from '../credit-record/index.ts';
import { sameName, type SubjectIdentity } from '../subject/index.ts';
import { columnName } from '../template/index.ts';
import type { CellFault } from './feed.types.ts';
import { subjectRuleOf, type SubjectRule } from './validate/index.ts';

/**
 * R4: a code and a name must agree with the base library; a former name still finds its firm. What the library knows
 * only from another record is no proof: a warning. A code that nobody knows is a warning too, and makes a provisional
 * subject.
 */
export function checkSubject(
  draft: RecordDraft,
  subject: SubjectIdentity | undefined,
  rule: SubjectRule = subjectRuleOf(''),
): CellFault | undefined {
  if (draft.uscc === undefined) return undefined;
  const fault = (field: string, code: string, severity: CellFault['severity'], params = {}): CellFault => ({
    field,
    column: columnName(draft.feed, field),
    code,
    severity,
    params,
  });
  if (!subject) return fault('uscc', 'FEED_SUBJECT_UNKNOWN', rule.unknown);
  if ([subject.name, ...subject.formerNames].some((name) => sameName(name, draft.counterpartName)))
    return undefined;
  if (subject.origin === 'PROVISIONAL')
    return fault('counterpartName', 'FEED_SUBJECT_NAME_DIFFERS', 'WARNING');
  return fault('counterpartName', 'FEED_SUBJECT_NAME_MISMATCH', rule.nameMismatch, { name: subject.name });
}
