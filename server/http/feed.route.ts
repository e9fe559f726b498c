import { Router, type ErrorRequestHandler, type RequestHandler, type Response } from 'express';
import multer, { MulterError, type StorageEngine } from 'multer';
import { DomainError, InputError } from '../lib/errors.ts';
import type { FeedBatchDoc, FeedService, Received } from '../modules/feed/index.ts';
import { batchKey } from '../graphql/index.ts';
import { viewerOf } from './locals.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const MAX_WAIT_SECONDS = 60;

declare module 'express-serve-static-core' {
  interface Request {
    received?: Received;
  }
}

function presentBatch({ _id, feed, status, rows, failure }: FeedBatchDoc) {
  return { batchId: _id.toHexString(), feed, status, rows, ...(failure ? { failure: failure.code } : {}) };
}

function sendWorkbook(res: Response, name: string, workbook: Buffer): void {
  res.set('cache-control', 'no-store').attachment(name).type(XLSX).send(workbook);
}

/** Hands the upload on as it comes; nothing of it lies on disk unencrypted while it arrives. */
function receiving(feeds: FeedService): StorageEngine {
  return {
    _handleFile(req, file, callback) {
      const { sector, kind } = req.params as { sector: string; kind: string };
      const again = req.query['again'] === 'true';
      const agency = req.query['agency'];
      feeds
        .receive(viewerOf(req.res as Response), {
          feed: `${sector}/${kind}`,
          fileName: file.originalname,
          source: file.stream,
          again,
          ...(typeof agency === 'string' ? { agency } : {}),
        })
        .then(
          (received) => {
            req.received = received;
            callback(null, { size: received.batch.size });
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

const asInputError: ErrorRequestHandler = (error: unknown, _req, _res, next) => {
  const malformed =
    error instanceof MulterError ||
    (error instanceof Error &&
      !(error instanceof DomainError) &&
      /multipart|boundary|end of form/i.test(error.message));
  next(malformed ? new InputError(['file'], 'UPLOAD_FORM_INVALID', { reason: error.message }) : error);
};

/** Answers who may not report here before a byte of the file is read. */
function allowed(feeds: FeedService): RequestHandler<{ sector: string; kind: string }> {
  return async (req, res, next) => {
    await feeds.requireUpload(viewerOf(res), `${req.params.sector}/${req.params.kind}`);
    next();
  };
}

/** A file was received. */
const answerReceived: RequestHandler<{ sector: string; kind: string }> = (req, res) => {
  if (!req.received) throw new InputError(['file'], 'UPLOAD_FILE_MISSING');
  const { batch, duplicate } = req.received;
  const id = batch._id.toHexString();
  res.status(202).json({ batchId: id, status: batch.status, ...(duplicate ? { duplicateOf: id } : {}) });
};

/** Given when the server stops or the caller goes away. */
function untilGone(res: Response, stopping: AbortSignal): AbortSignal {
  const until = new AbortController();
  const abort = (): void => until.abort();
  if (stopping.aborted) abort();
  stopping.addEventListener('abort', abort);
  res.once('close', () => {
    stopping.removeEventListener('abort', abort);
    abort();
  });
  return until.signal;
}

/**
 * Uploads of agencies and what became of them: `/feeds/…`.
 * @param stopping given when the server stops: who waits for a batch is answered as it is
 */
export function feedRoutes(feeds: FeedService, stopping: AbortSignal): Router {
  const router = Router();
  const upload = multer({
    storage: receiving(feeds),
    limits: { files: 1, fields: 10, fieldSize: 1000 },
    defParamCharset: 'utf8',
  });

  router.post('/:sector/:kind/batches', allowed(feeds), upload.single('file'), answerReceived, asInputError);

  router.get('/batches/:id', async (req, res) => {
    const wait = Math.min(MAX_WAIT_SECONDS, Math.max(0, Number(req.query['wait'] ?? 0) || 0));
    const until = untilGone(res, stopping);
    res.json(presentBatch(await feeds.waitFor(viewerOf(res), batchKey(req.params.id), wait, until)));
  });

  router.get('/batches/:id/problems.xlsx', async (req, res) => {
    const id = batchKey(req.params.id);
    sendWorkbook(res, `疑问数据-${id}.xlsx`, await feeds.problemWorkbook(viewerOf(res), id));
  });
  return router;
}

/** Links that work once: `/downloads/<token>`. */
export function downloadRoutes(feeds: FeedService): Router {
  const router = Router();
  router.get('/:token', async (req, res) => {
    const { batch, workbook } = await feeds.takeTicket(req.params.token);
    sendWorkbook(res, `疑问数据-${batch._id.toHexString()}.xlsx`, workbook);
  });
  return router;
}
