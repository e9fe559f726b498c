import { readdirSync, readFileSync } from 'node:fs';

/** Texts by code; `{param}` stands for a parameter. */
export type Messages = ReadonlyMap<string, string>;

const FOLDER = new URL('../../schema/messages/zh-CN/', import.meta.url);
const UNKNOWN = '操作或数据有问题（代码 {code}）';

/**
 * Merges message files; every code has one text in one file.
 * @param files pairs of file name and content
 * @throws Error naming the code and both files when it stands in two
 */
export function mergeMessages(
  files: Iterable<readonly [string, Readonly<Record<string, string>>]>,
): Messages {
  const texts = new Map<string, string>();
  const origin = new Map<string, string>();
  for (const [file, messages] of files) {
    for (const [code, text] of Object.entries(messages)) {
      const other = origin.get(code);
      if (other !== undefined) throw new Error(`message ${code} stands in ${other} and in ${file}`);
      origin.set(code, file);
      texts.set(code, text);
    }
  }
  return texts;
}

let loaded: Messages | undefined;

/** The Chinese texts of `schema/messages/zh-CN`, read once. */
export function loadMessages(): Messages {
  loaded ??= mergeMessages(
    readdirSync(FOLDER)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => [
        name,
        JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Record<string, string>,
      ]),
  );
  return loaded;
}

/**
 * The text a person reads for a code. A parameter that is not given stays as `{name}`; an unknown code answers a
 * general text that names the code, so that a report of it can be traced.
 */
export function messageOf(code: string, params: Readonly<Record<string, string | number>> = {}): string {
  const text = loadMessages().get(code);
  if (text === undefined) return UNKNOWN.replace('{code}', code);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(params, name) ? String(params[name]) : whole,
  );
}
