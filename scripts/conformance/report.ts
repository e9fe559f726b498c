import { NOT_APPLICABLE, type Reason, type ServerFacts } from './applicable.ts';
import type { CaseResult } from './runner.ts';

const OUTCOMES = ['passed', 'refused', 'failed', 'not applicable'] as const;

export interface Summary {
  readonly server: ServerFacts;
  readonly counts: Readonly<Record<CaseResult['outcome'], number>>;
  /** Passed of those that are applicable. */
  readonly share: number;
  readonly cases: readonly CaseResult[];
}

export function summarise(server: ServerFacts, results: readonly CaseResult[]): Summary {
  const count = (outcome: CaseResult['outcome']) =>
    results.filter((result) => result.outcome === outcome).length;
  const counts = Object.fromEntries(
    OUTCOMES.map((outcome) => [outcome, count(outcome)]),
  ) as Summary['counts'];
  const applicable = results.length - counts['not applicable'];
  return {
    server,
    counts,
    share: applicable === 0 ? 1 : counts.passed / applicable,
    cases: results.filter(({ outcome }) => outcome !== 'passed'),
  };
}

/** The summary as text: first what did not pass, the counts last. */
export function printed({ server, counts, share, cases }: Summary): string {
  const lines: string[] = [];
  for (const reason of Object.keys(NOT_APPLICABLE) as Reason[]) {
    const those = cases.filter((result) => result.reason === reason);
    if (those.length === 0) continue;
    lines.push(`not applicable, ${reason}: ${NOT_APPLICABLE[reason]} (${String(those.length)})`);
    for (const { file, description, detail } of those)
      lines.push(`  ${file}: ${description}${reason === 'driver' ? ` – ${detail ?? ''}` : ''}`);
  }
  for (const outcome of ['refused', 'failed'] as const) {
    for (const { file, description, detail } of cases.filter((result) => result.outcome === outcome))
      lines.push(`${outcome}: ${file}: ${description} – ${detail ?? ''}`);
  }
  lines.push(
    `server ${server.version}, ${server.topology}`,
    ...OUTCOMES.map((outcome) => `${outcome}: ${String(counts[outcome])}`),
    `passed of the applicable: ${(share * 100).toFixed(1)} %`,
  );
  return lines.join('\n');
}
