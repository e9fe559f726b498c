import { useEffect } from 'react';
import { createStore } from './store.ts';

interface City {
  readonly cityName: string;
  /** The store holds invented data, and every page has to say so. */
  readonly demo: boolean;
}

const store = createStore<City>({ cityName: '', demo: false });

/** Asked for once at the start; without an answer the pages work and name no city. */
export async function loadCity(): Promise<void> {
  const response = await fetch('/client-config.json').catch(() => undefined);
  if (!response?.ok) return;
  const { cityName, demo } = (await response.json()) as Partial<City>;
  store.set({ cityName: cityName ?? '', demo: demo === true });
}

export const useCity = store.use;

export function siteName(cityName: string): string {
  return `${cityName}信用信息共享平台`;
}

/** Names the page in the browser's tab and history. */
export function useTitle(page: string): void {
  const { cityName } = useCity();
  useEffect(() => {
    document.title = `${page} - ${siteName(cityName)}`;
  }, [page, cityName]);
}
