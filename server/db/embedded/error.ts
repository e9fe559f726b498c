const NAMES: Readonly<Record<number, string>> = {
  2: 'BadValue',
  8: 'UnknownError',
  9: 'FailedToParse',
  13: 'Unauthorized',
  14: 'TypeMismatch',
  20: 'IllegalOperation',
  26: 'NamespaceNotFound',
  27: 'IndexNotFound',
  28: 'PathNotViable',
  40: 'ConflictingUpdateOperators',
  43: 'CursorNotFound',
  48: 'NamespaceExists',
  50: 'MaxTimeMSExpired',
  52: 'DollarPrefixedFieldName',
  53: 'InvalidIdField',
  59: 'CommandNotFound',
  66: 'ImmutableField',
  67: 'CannotCreateIndex',
  72: 'InvalidOptions',
  73: 'InvalidNamespace',
  91: 'ShutdownInProgress',
  85: 'IndexOptionsConflict',
  86: 'IndexKeySpecsConflict',
  112: 'WriteConflict',
  115: 'CommandNotSupported',
  117: 'ConflictingOperationInProgress',
  171: 'CannotIndexParallelArrays',
  175: 'QueryPlanKilled',
  197: 'InvalidIndexSpecificationOption',
  246: 'SnapshotUnavailable',
  251: 'NoSuchTransaction',
  257: 'TransactionTooLarge',
  263: 'OperationNotSupportedInTransaction',
  292: 'QueryExceededMemoryLimitNoDiskUseAllowed',
  10334: 'BSONObjectTooLarge',
  11000: 'DuplicateKey',
};

/** An error the client gets as `{ok: 0, code, codeName, errmsg}` or inside `writeErrors`. */
export class MongoError extends Error {
  readonly code: number;
  readonly codeName: string;
  readonly extra: Readonly<Record<string, unknown>>;
  readonly labels: readonly string[];

  constructor(
    code: number,
    message: string,
    extra: Record<string, unknown> = {},
    labels: readonly string[] = [],
  ) {
    super(message);
    this.name = 'MongoError';
    this.code = code;
    this.codeName = NAMES[code] ?? `Location${String(code)}`;
    this.extra = extra;
    this.labels = labels;
  }
}

export function fail(code: number, message: string, extra?: Record<string, unknown>): never {
  throw new MongoError(code, message, extra);
}

/** The store knows the feature by name and does not offer it. */
export function unsupported(what: string): never {
  throw new MongoError(115, `${what} is not supported by the embedded store`);
}

export function writeConflict(): never {
  throw new MongoError(112, 'Write conflict: the document was changed by another transaction', {}, [
    'TransientTransactionError',
  ]);
}
