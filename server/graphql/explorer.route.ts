import { fileURLToPath } from 'node:url';
import { Router } from 'express';

const FOLDER = fileURLToPath(new URL('./explorer/', import.meta.url));

/** A plain page to try documents with; all of it ours, since government networks reach no CDN. */
export function explorerRoutes(): Router {
  const router = Router();
  router.get('/', (_req, res) => {
    res.sendFile('explorer.html', { root: FOLDER });
  });
  router.get('/explorer.js', (_req, res) => {
    res.sendFile('explorer.js', { root: FOLDER });
  });
  return router;
}
