import { useState } from 'react';

export interface Pages {
  /** Cursor the current page begins behind; null on the first. */
  readonly after: string | null;
  readonly number: number;
  forward(cursor: string): void;
  back(): void;
}

/** The way taken through a list of cursors. A list of something else needs a new `key` on the component. */
export function usePages(): Pages {
  const [way, setWay] = useState<readonly string[]>([]);
  return {
    after: way.at(-1) ?? null,
    number: way.length + 1,
    forward: (cursor) => setWay([...way, cursor]),
    back: () => setWay(way.slice(0, -1)),
  };
}
