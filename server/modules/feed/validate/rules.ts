import { readFileSync } from 'node:fs';
import type { RecordKind } from '../../template/index.ts';

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
      refusedTexts: file.refusedTexts.map((rule) => ({ ...rule, pattern: new RegExp(rule.pattern) })),
    };
  }
  return loaded;
}
