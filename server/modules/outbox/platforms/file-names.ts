import type { CivilDate } from '../../../lib/civil-date.ts';
import type { FileNaming, NumberedFile } from './types.ts';

/** The last number of a day. */
export const LAST_NUMBER = 99_999;

const DEPARTMENT = /^[0-9A-Z]{4}$/;
const TABLE = /^\d{2}$/;

/** @throws RangeError when the configuration of a platform cannot name files */
export function checkNaming({ department, tables }: FileNaming): void {
  if (!DEPARTMENT.test(department)) throw new RangeError(`${department} is no code of a department`);
  const numbers = Object.values(tables);
  if (numbers.length === 0 || !numbers.every((table) => TABLE.test(table)))
    throw new RangeError('tables are numbered with two digits');
}

/**
 * The files of a batch, one per kind of record that has a table, numbered from `first` in the order of the tables.
 * @throws RangeError behind the last number of the day
 */
export function namesOf(
  naming: FileNaming,
  kinds: Iterable<string>,
  day: CivilDate,
  first: number,
): NumberedFile[] {
  return tabledKinds(naming, kinds).map((kind, i) => {
    const number = first + i;
    if (number < 1 || number > LAST_NUMBER) throw new RangeError(`no file ${String(number)} on a day`);
    const table = `${naming.department}${naming.tables[kind] ?? ''}`;
    return { kind, name: `${table}_${day.replaceAll('-', '')}_${String(number).padStart(5, '0')}.xml` };
  });
}

/** Kinds that have a table, each once, in the order of the tables. */
export function tabledKinds({ tables }: FileNaming, kinds: Iterable<string>): string[] {
  const placeOf = (kind: string): string => `${tables[kind] ?? ''} ${kind}`;
  return [...new Set(kinds)]
    .filter((kind) => tables[kind] !== undefined)
    .sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
}

/** Name of a batch's zip without its ending: that of its first file without the table. */
export function baseNameOf([first]: readonly NumberedFile[]): string {
  if (!first) throw new RangeError('a batch without files has no name');
  return `${first.name.slice(0, 4)}${first.name.slice(6, -'.xml'.length)}`;
}
