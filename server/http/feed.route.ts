import { Router, type RequestHandler, type Response } from 'express';
import multer, { type StorageEngine } from 'multer';
import { InputError } from '../lib/errors.ts';
import type { FeedBatchDoc, FeedService, Received } from '../modules/feed/index.ts';
import { batchKey } from '../graphql/index.ts';
import { viewerOf } from './locals.ts';
import { sendWorkbook } from './send-workbook.ts';
import { asInputError, UPLOAD_FORM } from './upload-form.ts';

const MAX_WAIT_SECONDS = 60;

declare module 'express-serve-static-core' {
  interface Request {
    received?: Received;
  }
}

function presentBatch({ _id, feed, status, rows, failure }: FeedBatchDoc) {
  return { batchId: _id.toHexString(), feed, status, rows, ...(failure ? { failure: failure.code } : {}) };
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
  const upload = multer({ storage: receiving(feeds), ...UPLOAD_FORM });

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
