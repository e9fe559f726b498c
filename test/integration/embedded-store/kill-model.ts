/** What the stores of the kill test must hold, and the operations that change it. */

export type Value = string | number | readonly string[];
export type Row = { readonly _id: string } & Readonly<Record<string, Value>>;
export const COLLECTIONS = ['plain', 'queue', 'counters', 'first', 'second', 'third', 'expiring'] as const;
export type CollectionName = (typeof COLLECTIONS)[number];

export interface Change {
  readonly collection: CollectionName;
  readonly id: string;
  /** Undefined: deleted. */
  readonly row: Row | undefined;
}

/**
 * One command, or one transaction. Its atoms are what a kill may cut it into: a prefix of them is there afterwards, and
 * of each atom all or nothing.
 */
export interface Operation {
  readonly kind:
    | 'insertOne'
    | 'insertMany'
    | 'upserts'
    | 'increment'
    | 'deleteOne'
    | 'take'
    | 'transaction'
    | 'swap'
    | 'expiring';
  readonly atoms: readonly (readonly Change[])[];
}

/** One writer with documents of its own, so that what it does can be told from its number alone. */
export class Lane {
  readonly name: string;
  /** Operations that are over. */
  done = 0;
  readonly rows = new Map<string, Row>();

  constructor(name: string) {
    this.name = name;
  }

  copy(): Lane {
    const copy = new Lane(this.name);
    copy.done = this.done;
    for (const [key, row] of this.rows) copy.rows.set(key, row);
    return copy;
  }

  get(collection: CollectionName, id: string): Row | undefined {
    return this.rows.get(`${collection}/${id}`);
  }

  of(collection: CollectionName): Row[] {
    const prefix = `${collection}/`;
    return [...this.rows].flatMap(([key, row]) => (key.startsWith(prefix) ? [row] : []));
  }

  /** The operation was applied up to this many of its atoms. */
  apply(operation: Operation, atoms = operation.atoms.length): void {
    for (const { collection, id, row } of operation.atoms.slice(0, atoms).flat()) {
      if (row) this.rows.set(`${collection}/${id}`, row);
      else this.rows.delete(`${collection}/${id}`);
    }
    this.done += 1;
  }

  /** The next operation: the same whoever asks, as long as the lane stands at the same place. */
  next(): Operation {
    const n = this.done;
    const id = `${this.name}-${String(n)}`;
    const kinds = [insertOne, upserts, transaction, increment, insertMany, take, swap, deleteOne, expiring];
    const make = kinds[n % kinds.length] ?? insertOne;
    return make(this, id, n);
  }
}

const put = (collection: CollectionName, row: Row): Change => ({ collection, id: row._id, row });

function plainRow(lane: Lane, id: string, n: number): Row {
  // Some have arrays under an index, some lack the field of the sparse one.
  const tags =
    n % 3 === 0 ? { tags: [`t${String(n % 5)}`, `t${String(n % 7)}`] } : { tags: `t${String(n % 5)}` };
  const note = n % 2 === 0 ? { note: `n${String(n)}` } : {};
  return { _id: id, lane: lane.name, code: `c-${id}`, n, ...tags, ...note };
}

function insertOne(lane: Lane, id: string, n: number): Operation {
  return { kind: 'insertOne', atoms: [[put('plain', plainRow(lane, id, n))]] };
}

function insertMany(lane: Lane, id: string, n: number): Operation {
  const rows = Array.from({ length: 20 }, (_, i) => plainRow(lane, `${id}-${String(i)}`, n + i));
  return { kind: 'insertMany', atoms: rows.map((row) => [put('plain', row)]) };
}

/** Half of them are there already. */
function upserts(lane: Lane, id: string, n: number): Operation {
  const known = lane.of('plain').slice(-5);
  const changed = known.map((row) => ({ ...row, n: n * 1000 }));
  const fresh = Array.from({ length: 5 }, (_, i) => ({
    ...plainRow(lane, `${id}-${String(i)}`, n),
    n: n * 1000,
  }));
  return { kind: 'upserts', atoms: [...changed, ...fresh].map((row) => [put('plain', row)]) };
}

function increment(lane: Lane, _id: string, n: number): Operation {
  const value = Number(lane.get('counters', lane.name)?.['value'] ?? 0);
  return {
    kind: 'increment',
    atoms: [[put('counters', { _id: lane.name, lane: lane.name, value: value + n })]],
  };
}

function deleteOne(lane: Lane, id: string, n: number): Operation {
  const rows = lane.of('plain');
  const row = rows[(n * 31) % Math.max(1, rows.length)];
  return row
    ? { kind: 'deleteOne', atoms: [[{ collection: 'plain', id: row._id, row: undefined }]] }
    : insertOne(lane, id, n);
}

/** The first open row of a queue is taken; where there is none, it gets one. */
function take(lane: Lane, id: string, n: number): Operation {
  const open = lane
    .of('queue')
    .filter((row) => row['state'] === 'open')
    .sort((a, b) => (a._id < b._id ? -1 : 1))[0];
  const row = open ? { ...open, state: 'taken', by: n } : { _id: id, lane: lane.name, state: 'open', by: 0 };
  return { kind: 'take', atoms: [[put('queue', row)]] };
}

/** A new row in two collections, a sum in a third, and an old row less. */
function transaction(lane: Lane, id: string, n: number): Operation {
  const sum = Number(lane.get('second', lane.name)?.['sum'] ?? 0);
  const old = lane.of('first').length > 20 ? lane.of('first')[0] : undefined;
  return {
    kind: 'transaction',
    atoms: [
      [
        put('first', { _id: id, lane: lane.name, code: `f-${id}` }),
        put('second', { _id: lane.name, lane: lane.name, sum: sum + n }),
        put('third', { _id: id, lane: lane.name, sum: sum + n }),
        ...(old ? [{ collection: 'first', id: old._id, row: undefined } as const] : []),
      ],
    ],
  };
}

/** Two rows exchange the values of a unique index. */
function swap(lane: Lane, id: string, n: number): Operation {
  const rows = lane.of('first');
  const [a, b] = [rows.at(-1), rows.at(-2)];
  if (!a || !b) return transaction(lane, id, n);
  const changed = [
    { ...a, code: b['code'] ?? '' },
    { ...b, code: a['code'] ?? '' },
  ];
  return { kind: 'swap', atoms: [changed.map((row) => put('first', row))] };
}

function expiring(lane: Lane, id: string): Operation {
  return { kind: 'expiring', atoms: [[put('expiring', { _id: id, lane: lane.name })]] };
}
