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

/** Fetches a workbook and keeps it under a name. @returns why it could not be had; empty when it was */
export async function download(path: string, name: string): Promise<string> {
  const response = await authorizedFetch(path).catch(() => undefined);
  if (!response?.ok) return (response ? await problemOf(response) : UNREACHABLE).message;
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
  return '';
}
