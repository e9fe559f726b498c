import express, { Router, type Request, type Response } from 'express';
import { InputError, UnauthenticatedError } from '../lib/errors.ts';
import { messageOf } from '../lib/messages.ts';
import type { OutboxService } from '../modules/outbox/index.ts';

const MAX_BODY = '8mb';

function answerFault(response: Response, status: number, code: string): void {
  response.status(status).json({ error: { code, message: messageOf(code) } });
}

/** `POST /upstream/<platform>/receipts`: signed receipts of an upstream platform. 200 `{"applied": n}`, 400, 401, 413. */
export function receiptRoute(outbox: Pick<OutboxService, 'receiveReceipt'>): Router {
  const router = Router();
  const path = '/upstream/:platform/receipts';
  router.post(
    path,
    // The signature covers the bytes as they came, so nothing may read them before.
    express.raw({ type: () => true, limit: MAX_BODY, inflate: false }),
    async (request: Request<{ platform: string }>, response: Response) => {
      const timestamp = request.get('x-timestamp');
      const nonce = request.get('x-nonce');
      const signature = request.get('x-signature');
      const headers = {
        ...(timestamp === undefined ? {} : { timestamp }),
        ...(nonce === undefined ? {} : { nonce }),
        ...(signature === undefined ? {} : { signature }),
      };
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      try {
        response.json({ applied: await outbox.receiveReceipt(request.params.platform, headers, body) });
      } catch (error) {
        if (error instanceof UnauthenticatedError) answerFault(response, 401, error.code);
        else if (error instanceof InputError) answerFault(response, 400, error.code);
        else throw error;
      }
    },
  );
  router.use(
    path,
    (error: unknown, _request: Request, response: Response, next: (error: unknown) => void) => {
      const { type } = error as { type?: unknown };
      if (type === 'entity.too.large') answerFault(response, 413, 'RECEIPT_TOO_LARGE');
      else if (type !== undefined) answerFault(response, 400, 'RECEIPT_INVALID');
      else next(error);
    },
  );
  return router;
}
