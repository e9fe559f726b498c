import type { Figures } from './figures.ts';

/** Made by a migration; found by ranges of `_id` alone. */
export const QUALITY_COUNTERS = 'quality_counters';

/** Figures of one place, written by one lane; a place is the sum of its lanes. Figures that never moved are absent. */
export interface QualityCounterDoc extends Partial<Figures> {
  /** `d|<day>|<agency>|<feed>#<lane>`, or `m|<month>|…`. */
  _id: string;
}
