import { Router, type RequestHandler, type Response } from 'express';
import multer, { type StorageEngine } from 'multer';
import { isCivilDate } from '../lib/civil-date.ts';
import { InputError } from '../lib/errors.ts';
import { messageOf } from '../lib/messages.ts';
import type { ImportResult, SubjectService } from '../modules/subject/index.ts';
import { viewerOf } from './locals.ts';
import { asInputError, UPLOAD_FORM } from './upload-form.ts';

declare module 'express-serve-static-core' {
  interface Request {
    imported?: ImportResult;
  }
}

/** Takes the file in while it arrives; nothing of it lies on disk. A repeat of a broken upload does no harm. */
function importing(subjects: SubjectService): StorageEngine {
  return {
    _handleFile(req, file, callback) {
      const { day } = req.query;
      const work = async (): Promise<ImportResult> => {
        if (day !== undefined && (typeof day !== 'string' || !isCivilDate(day)))
          throw new InputError(['day'], 'SUBJECT_DATE_INVALID');
        const upload = { fileName: file.originalname, source: file.stream };
        return subjects.importUpload(viewerOf(req.res as Response), upload, { ...(day && { day }) });
      };
      work().then(
        (result) => {
          req.imported = result;
          callback(null, {});
        },
        (error: unknown) => {
          // The rest of the request must be read, or the client never sees the answer.
          file.stream.resume();
          callback(error);
        },
      );
    },
    _removeFile(_req, _file, callback) {
      callback(null);
    },
  };
}

const answer: RequestHandler = (req, res) => {
  if (!req.imported) throw new InputError(['file'], 'UPLOAD_FILE_MISSING');
  const { rows, problems, problemsLeftOut, warnings } = req.imported;
  res.json({
    rows,
    problems: problems.map(({ row, column, code, params }) => ({
      row,
      column,
      code,
      message: messageOf(code, params),
    })),
    problemsLeftOut,
    warnings: Object.entries(warnings).map(([code, count]) => ({ code, count, message: messageOf(code) })),
  });
};

/** The registry's daily table: `/subjects/registrations`, with `?day=` for rows that have no day of approval. */
export function subjectRoutes(subjects: SubjectService): Router {
  const router = Router();
  const upload = multer({ storage: importing(subjects), ...UPLOAD_FORM });
  const allowed: RequestHandler = (_req, res, next) => {
    subjects.requireImport(viewerOf(res));
    next();
  };
  router.post('/registrations', allowed, upload.single('file'), answer, asInputError);
  return router;
}
