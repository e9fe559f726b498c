import { bsonTypeOf } from './bson.ts';

/** The order of BSON types, with gaps, so that a bracket can name its neighbours. */
export const TYPE = {
  minKey: 10,
  emptyArray: 14,
  null: 20,
  number: 30,
  string: 40,
  object: 50,
  array: 60,
  binary: 70,
  objectId: 80,
  boolean: 90,
  date: 100,
  timestamp: 110,
  regex: 120,
  code: 130,
  maxKey: 240,
} as const;

export function typeByte(value: unknown): number {
  switch (typeof value) {
    case 'undefined':
      return TYPE.null;
    case 'number':
    case 'bigint':
      return TYPE.number;
    case 'string':
      return TYPE.string;
    case 'boolean':
      return TYPE.boolean;
    default:
      break;
  }
  if (value === null) return TYPE.null;
  if (Array.isArray(value)) return value.length === 0 ? TYPE.emptyArray : TYPE.array;
  if (value instanceof Date) return TYPE.date;
  if (value instanceof RegExp) return TYPE.regex;
  if (value instanceof Uint8Array) return TYPE.binary;
  switch (bsonTypeOf(value)) {
    case 'Int32':
    case 'Double':
    case 'Long':
    case 'Decimal128':
      return TYPE.number;
    case 'ObjectId':
      return TYPE.objectId;
    case 'Binary':
      return TYPE.binary;
    case 'Timestamp':
      return TYPE.timestamp;
    case 'BSONRegExp':
      return TYPE.regex;
    case 'Code':
      return TYPE.code;
    case 'BSONSymbol':
      return TYPE.string;
    case 'MinKey':
      return TYPE.minKey;
    case 'MaxKey':
      return TYPE.maxKey;
    default:
      return TYPE.object;
  }
}
