/** Params of a message: what the text of the code names (a limit, a state, a row). */
export type ErrorParams = Readonly<Record<string, string | number>>;

/**
 * Base of every expected failure. `code` is stable and UPPER_SNAKE; the text a person reads comes from
 * `schema/messages`. Which class reaches a client in which way is settled in one place, by class.
 */
export abstract class DomainError extends Error {
  readonly code: string;
  readonly params: ErrorParams;

  constructor(code: string, params: ErrorParams = {}, options?: ErrorOptions) {
    super(code, options);
    this.name = new.target.name;
    this.code = code;
    this.params = params;
  }
}

/** A field of the input is wrong; `path` leads to it. */
export class InputError extends DomainError {
  readonly path: readonly string[];

  constructor(path: readonly string[], code: string, params?: ErrorParams) {
    super(code, params);
    this.path = path;
  }
}

/** The input is well formed, but a rule of the business forbids it now. */
export class RuleError extends DomainError {}

/** A stale version, or an idempotency key met again with another input. */
export class ConflictError extends DomainError {}

export class UnauthenticatedError extends DomainError {}

export class ForbiddenError extends DomainError {}

/** Also the answer for what belongs to another organization: its existence is not told. */
export class NotFoundError extends DomainError {}

/** Rate, depth, cost or size. */
export class LimitError extends DomainError {}

/** Never shown to a client; kept in the attempts of the item. */
export class UpstreamError extends DomainError {
  readonly retryable: boolean;

  constructor(code: string, retryable: boolean, params?: ErrorParams, options?: ErrorOptions) {
    super(code, params, options);
    this.retryable = retryable;
  }
}
