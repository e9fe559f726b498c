/** Settings of a source by its kind; `schema/collection` is the contract and fills the defaults in. */
export interface FolderSettings {
  readonly folder: string;
  readonly quietSeconds: number;
  readonly maxBytes: number;
}

export type HttpAuth =
  | { readonly type: 'NONE' }
  | { readonly type: 'BEARER'; readonly header?: string }
  | {
      readonly type: 'CLIENT_CREDENTIALS';
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly scope?: string;
      readonly credentials: 'BASIC' | 'BODY';
    };

export interface CursorPaging {
  readonly by: 'CURSOR';
  readonly param: string;
  readonly next: string;
}

export interface WindowPaging {
  readonly by: 'WINDOW';
  readonly from: string;
  readonly to: string;
  readonly format: 'ISO' | 'LOCAL' | 'EPOCH_MS';
  readonly since: string;
  readonly hours: number;
  readonly overlapSeconds: number;
  readonly page?: string;
  readonly firstPage: number;
}

export interface HttpSettings {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly params: Readonly<Record<string, string>>;
  readonly auth: HttpAuth;
  readonly items: string;
  readonly newest?: string;
  readonly paging: CursorPaging | WindowPaging;
}

export type Take =
  | {
      readonly by: 'STATUS';
      readonly key: string;
      readonly status: string;
      readonly open: string | null;
      readonly done: string;
    }
  | { readonly by: 'KEY'; readonly key: string; readonly overlap: number }
  | {
      readonly by: 'TIME';
      readonly key: string;
      readonly updatedAt: string;
      readonly overlapSeconds: number;
    };

export interface TableSettings {
  readonly dialect: 'MYSQL' | 'POSTGRES';
  readonly host: string;
  readonly port?: number;
  readonly database: string;
  readonly user: string;
  readonly tls: boolean;
  readonly table: string;
  readonly columns?: readonly string[];
  readonly batchRows: number;
  readonly take: Take;
}

export interface SettingsByKind {
  readonly FOLDER: FolderSettings;
  readonly HTTP: HttpSettings;
  readonly TABLE: TableSettings;
}

export type SourceKind = keyof SettingsByKind;

/** A kind with its settings. */
export type SourceSettings = {
  readonly [K in SourceKind]: { readonly kind: K; readonly settings: SettingsByKind[K] };
}[SourceKind];
