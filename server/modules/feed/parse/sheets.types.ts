import type { SheetRow } from './header.ts';

/** A sheet after parsing: how it begins, and the size of what it really holds. */
export interface SheetInfo {
  readonly name: string;
  readonly isHidden: boolean;
  readonly rowCount: number;
  readonly columnCount: number;
  readonly head: readonly SheetRow[];
}

/** Unpacked parts of an .xlsx, an .xls as it is, or markup in UTF-8. */
export type SheetsContent =
  | { readonly parts: readonly { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }[] }
  | { readonly binary: Uint8Array<ArrayBuffer> }
  | { readonly markup: Uint8Array<ArrayBuffer> };

/** What the worker is asked; one answer for each. */
export type SheetsRequest =
  | { readonly open: SheetsContent; readonly headRows: number }
  | { readonly sheet: number; readonly from: number; readonly count: number };

export type SheetsFault = 'FILE_ENCRYPTED' | 'FILE_HAS_MACROS' | 'FILE_UNREADABLE';

export type SheetsAnswer =
  | { readonly sheets: readonly SheetInfo[] }
  | { readonly rows: readonly SheetRow[] }
  | { readonly fault: SheetsFault };
