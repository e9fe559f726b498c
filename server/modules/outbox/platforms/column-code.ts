import { generationsOf, templateOf, type Generation } from '../../template/index.ts';

/**
 * Column code of a field in the edition of the template that a platform takes, by what the field means: editions call
 * the same column differently. Feeds that never had this edition are sent in their current one.
 * @returns undefined where the edition has no such column
 */
export function columnCodeOf(feed: string, field: string, template: string): string | undefined {
  const wanted = template as Generation;
  const generation = generationsOf(feed).includes(wanted) ? wanted : 'g3';
  return templateOf(feed, generation).columns.find((column) => column.field === field)?.code;
}
