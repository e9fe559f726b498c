/** The caller's fault, or one that was ordered: status and code of the answer. */
export class CallerError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}
