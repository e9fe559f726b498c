/** A value as text, or nothing. */
export type Cell = string | null;
export type TableRow = Readonly<Record<string, Cell>>;

export interface Statement {
  readonly sql: string;
  readonly params: readonly Cell[];
}

export interface TableColumn {
  readonly name: string;
  /** As the database calls it. */
  readonly type: string;
}

/** A connection to a front-end database 前置库; every value goes in and comes out as text. */
export interface TableDriver {
  query(statement: Statement): Promise<readonly TableRow[]>;
  /** All or nothing; read committed. */
  inTransaction<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface TableAddress {
  readonly host: string;
  readonly port?: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly tls: boolean;
}

export const CONNECT_TIMEOUT_MS = 10_000;
export const STATEMENT_TIMEOUT_MS = 60_000;
