import type { RecordDraft } from '../credit-record/index.ts';
import { sameName, type SubjectIdentity } from '../subject/index.ts';
import { columnName } from '../template/index.ts';
import type { CellFault } from './feed.types.ts';
import { subjectRuleOf, type SubjectRule } from './validate/index.ts';

/**
 * R4: a code and a name must agree with the base library; a former name still finds its firm, with a warning that says
 * what it is called today. What the library knows only from another record is no proof: a warning. A code that nobody
 * knows is a warning too, and makes a provisional subject. So is, unless the feed has it otherwise, a decision of a day
 * after the firm was no more.
 */
export function checkSubject(
  draft: RecordDraft,
  subject: SubjectIdentity | undefined,
  rule: SubjectRule = subjectRuleOf(''),
): CellFault[] {
  if (draft.uscc === undefined) return [];
  const fault = (field: string, code: string, severity: CellFault['severity'], params = {}): CellFault => ({
    field,
    column: columnName(draft.feed, field),
    code,
    severity,
    params,
  });
  if (!subject) return [fault('uscc', 'FEED_SUBJECT_UNKNOWN', rule.unknown)];
  const { name, formerNames, origin, status, endedOn } = subject;
  const faults: CellFault[] = [];
  if (!sameName(name, draft.counterpartName)) {
    const former = formerNames.find((each) => sameName(each.name, draft.counterpartName));
    if (former) faults.push(fault('counterpartName', 'FEED_FORMER_NAME', 'WARNING', { name }));
    else if (origin === 'PROVISIONAL')
      faults.push(fault('counterpartName', 'FEED_SUBJECT_NAME_DIFFERS', 'WARNING'));
    else faults.push(fault('counterpartName', 'FEED_SUBJECT_NAME_MISMATCH', rule.nameMismatch, { name }));
  }
  if (endedOn !== undefined && endedOn < draft.decidedOn)
    faults.push(fault('decidedOn', 'FEED_SUBJECT_ENDED', rule.ended, { status, day: endedOn }));
  return faults;
}
