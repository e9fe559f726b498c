import { Router } from 'express';
import { keyOfArgument } from '../graphql/index.ts';
import type { ReconciliationService } from '../modules/reconciliation/index.ts';
import { viewerOf } from './locals.ts';
import { sendWorkbook } from './send-workbook.ts';

/** Lists of differences to take away: `/downloads/reconciliation/<run>.xlsx`. */
export function reconciliationRoutes(reconciliation: ReconciliationService): Router {
  const router = Router();
  router.get('/reconciliation/:id.xlsx', async (req, res) => {
    const { run, content } = await reconciliation.workbook(
      viewerOf(res),
      keyOfArgument('ReconciliationRun', req.params.id),
    );
    sendWorkbook(res, `对账差异-${run.platform}-${run.day}.xlsx`, content);
  });
  return router;
}
