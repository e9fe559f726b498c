import { bsonTypeOf } from './bson.ts';
import { fail, unsupported } from './error.ts';

/** The regular expression of a filter value; undefined when it is none. @throws MongoError 2, 115 for the option x */
export function regexOf(value: unknown, options?: unknown): RegExp | undefined {
  const flags = typeof options === 'string' ? options : undefined;
  if (flags !== undefined && !/^[imsxu]*$/.test(flags)) fail(2, `invalid flag in regex options: ${flags}`);
  if (flags?.includes('x') === true) unsupported('regex option x');
  const build = (source: string, own: string): RegExp => {
    if (own.includes('x')) unsupported('regex option x');
    try {
      return new RegExp(source, [...new Set([...own, 'u'])].filter((flag) => 'imsu'.includes(flag)).join(''));
    } catch {
      try {
        return new RegExp(source, own.replace(/[^ims]/g, ''));
      } catch {
        return fail(2, `Regular expression is invalid: ${source}`);
      }
    }
  };
  if (value instanceof RegExp) return build(value.source, flags ?? value.flags);
  if (bsonTypeOf(value) === 'BSONRegExp') {
    const regex = value as { pattern: string; options: string };
    return build(regex.pattern, flags ?? regex.options);
  }
  return typeof value === 'string' ? build(value, flags ?? '') : undefined;
}
