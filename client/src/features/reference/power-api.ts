import { authorizedFetch, problemOf, UNREACHABLE } from '../../shared/session.ts';
import type { PowerItem } from './values.ts';

/** What a workbook of items holds; a text says why it was refused. */
export async function readItems(file: File): Promise<readonly PowerItem[] | string> {
  const body = new FormData();
  body.append('file', file, file.name);
  try {
    const response = await authorizedFetch('/power-lists/items', { method: 'POST', body });
    if (!response.ok) return (await problemOf(response)).message;
    return ((await response.json()) as { items: readonly PowerItem[] }).items;
  } catch {
    return UNREACHABLE.message;
  }
}
