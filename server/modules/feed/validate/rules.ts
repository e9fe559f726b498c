import { readFileSync } from 'node:fs';
import type { RecordKind } from '../../template/index.ts';
import type { Severity } from '../feed.types.ts';

/** How a code or name that does not agree with the base library of subjects is taken. */
export interface SubjectRule {
  readonly unknown: Severity;
  readonly nameMismatch: Severity;
  /** Of a decision of a day after the subject was no more. */
  readonly ended: Severity;
}

/** `schema/feed/rules.json`: what differs from city to city or is not fixed in a source. */
export interface FeedRules {
  /** Texts that stand for "nothing"; refused where a value is required, empty elsewhere. Compared in lower case. */
  readonly placeholders: ReadonlySet<string>;
  /** What an end date may say instead of 2099-12-31. */
  readonly longTerm: ReadonlySet<string>;
  /** Dates that databases export for "no date". */
  readonly nullDates: ReadonlySet<string>;
  readonly dateFloor: string;
  /** First two characters of the codes of authorities. */
  readonly organPairs: readonly string[];
  /** For every feed, and what differs by feed (`<sector>/<kind>`). */
  readonly subjects: SubjectRule & { readonly feeds: Readonly<Record<string, Partial<SubjectRule>>> };
  /** Texts that keep a decision out of this feed. */
  readonly refusedTexts: readonly {
    readonly kind: RecordKind;
    readonly pattern: RegExp;
    readonly code: string;
  }[];
}

interface RulesFile {
  readonly placeholders: readonly string[];
  readonly longTerm: readonly string[];
  readonly nullDates: readonly string[];
  readonly dateFloor: string;
  readonly organPairs: readonly string[];
  readonly subjects: FeedRules['subjects'];
  readonly refusedTexts: readonly {
    readonly kind: RecordKind;
    readonly pattern: string;
    readonly code: string;
  }[];
}

const FILE = new URL('../../../../schema/feed/rules.json', import.meta.url);
let loaded: FeedRules | undefined;

/** Read once. */
export function loadFeedRules(): FeedRules {
  if (!loaded) {
    const file = JSON.parse(readFileSync(FILE, 'utf8')) as RulesFile;
    loaded = {
      placeholders: new Set(file.placeholders.map((text) => text.toLowerCase())),
      longTerm: new Set(file.longTerm),
      nullDates: new Set(file.nullDates),
      dateFloor: file.dateFloor,
      organPairs: file.organPairs,
      subjects: file.subjects,
      refusedTexts: file.refusedTexts.map((rule) => ({ ...rule, pattern: new RegExp(rule.pattern) })),
    };
  }
  return loaded;
}

/** The rule of a feed: its own where it has one, else that of all feeds. */
export function subjectRuleOf(
  feed: string,
  rules: Pick<FeedRules, 'subjects'> = loadFeedRules(),
): SubjectRule {
  const { feeds, ...common } = rules.subjects;
  return { ...common, ...feeds[feed] };
}
