import type { ErrorRequestHandler } from 'express';
import { MulterError, type Options } from 'multer';
import { DomainError, InputError } from '../lib/errors.ts';

/** A form with one file. */
export const UPLOAD_FORM = {
  limits: { files: 1, fields: 10, fieldSize: 1000 },
  defParamCharset: 'utf8',
} as const satisfies Options;

/** A form that cannot be read is the caller's fault. */
export const asInputError: ErrorRequestHandler = (error: unknown, _req, _res, next) => {
  const malformed =
    error instanceof MulterError ||
    (error instanceof Error &&
      !(error instanceof DomainError) &&
      /multipart|boundary|end of form/i.test(error.message));
  next(malformed ? new InputError(['file'], 'UPLOAD_FORM_INVALID', { reason: error.message }) : error);
};
