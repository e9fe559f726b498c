import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How a platform writes the values of one field. */
interface FieldMap {
  /** Text of the current template to the platform's; a key that ends in `*` stands for all that begin so. */
  readonly values: Readonly<Record<string, string>>;
  /** Between the values of a field that may have several. */
  readonly separator?: string;
}

/** `schema/upstream/<name>.json` */
interface CodeMapFile {
  readonly fields: Readonly<Record<string, FieldMap>>;
}

export type CodeMaps = ReadonlyMap<string, FieldMap>;

const FOLDER = fileURLToPath(new URL('../../../../schema/upstream/', import.meta.url));
const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;

/**
 * Reads code maps; of two that speak of one field the later counts.
 * @throws Error when one is not there or is none
 */
export function loadCodeMaps(names: readonly string[], folder = FOLDER): CodeMaps {
  const fields = new Map<string, FieldMap>();
  for (const name of names) {
    if (!NAME.test(name)) throw new RangeError(`${name} is no name of a code map`);
    const file = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as CodeMapFile;
    for (const [field, map] of Object.entries(file.fields)) fields.set(field, map);
  }
  return fields;
}

function mappedOne(values: FieldMap['values'], text: string): string | undefined {
  if (Object.hasOwn(values, text)) return values[text];
  const stems = Object.keys(values).filter((key) => key.endsWith('*') && text.startsWith(key.slice(0, -1)));
  const longest = stems.sort((a, b) => b.length - a.length)[0];
  return longest === undefined ? undefined : values[longest];
}

/**
 * The platform's word for a value.
 * @returns undefined when it has none: a guess would put a wrong decision on record there
 */
export function mappedValue(maps: CodeMaps, field: string, text: string): string | undefined {
  const map = maps.get(field);
  if (!map) return text;
  if (map.separator === undefined) return mappedOne(map.values, text);
  const words: string[] = [];
  for (const part of text.split(map.separator)) {
    const word = mappedOne(map.values, part);
    if (word === undefined) return undefined;
    if (!words.includes(word)) words.push(word);
  }
  return words.join(map.separator);
}
