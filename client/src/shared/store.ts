import { useSyncExternalStore } from 'react';

/** A value outside the tree of components that they can watch. */
export interface Store<T> {
  get(): T;
  set(value: T): void;
  /** For components: the value now, and again whenever it changes. */
  use(): T;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const get = () => value;
  return {
    get,
    set(next) {
      value = next;
      for (const listener of listeners) listener();
    },
    use: function useStore() {
      return useSyncExternalStore(subscribe, get);
    },
  };
}
