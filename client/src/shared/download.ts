import { authorizedFetch, problemOf, UNREACHABLE } from './session.ts';

/** Fetches a file and keeps it under a name. @returns why it could not be had; empty when it was */
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
