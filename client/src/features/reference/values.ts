import type { CounterpartKind, FeedCadence, FeedDisclosure } from '../../graphql/__generated__/documents.ts';

export interface CatalogueValue {
  readonly code: string;
  readonly class: number;
  readonly legalBasis: string;
  readonly subjects: readonly CounterpartKind[];
  readonly disclosure: FeedDisclosure;
  readonly cadence: FeedCadence;
}

export interface HolidayValue {
  readonly document?: string;
  readonly off: readonly { readonly name?: string; readonly from: string; readonly to: string }[];
  readonly work: readonly string[];
}

export interface CodeValue {
  readonly list: string;
  readonly text: string;
  readonly means?: readonly string[];
  readonly noted?: boolean;
}

export interface PowerItem {
  readonly kind: string;
  readonly code: string;
  readonly name: string;
  readonly legalBasis: string;
  readonly counterpart?: string;
}

export interface PowerValue {
  readonly items: readonly PowerItem[];
}

/** What a form of a kind gives and takes; undefined while it is not complete. */
export interface ValueFormProps<T> {
  /** Of the version that is changed or followed. */
  readonly value: T | undefined;
  readonly onChange: (value: T | undefined) => void;
}
