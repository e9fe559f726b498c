/** Runs work under one name one after the other, in the order it came. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(name) ?? Promise.resolve()).then(work);
    const settled = turn.catch(() => undefined);
    this.#last.set(name, settled);
    return turn;
  }
}

/** Gives work under one name the lowest number that no other work under it has at the time. */
export class Lanes {
  readonly #taken = new Map<string, Set<number>>();

  async run<T>(name: string, work: (lane: number) => Promise<T>): Promise<T> {
    const taken = this.#taken.get(name) ?? new Set<number>();
    this.#taken.set(name, taken);
    let lane = 0;
    while (taken.has(lane)) lane += 1;
    taken.add(lane);
    try {
      return await work(lane);
    } finally {
      taken.delete(lane);
    }
  }
}
