/** A long read or write yields it where others may have their turn. */
export const PAUSE = Symbol('pause');
export type Pause = typeof PAUSE;

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
