import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import express, { Router } from 'express';

const NOT_BUILT = `<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>信用信息共享平台</title>
<p>网页尚未构建，请先运行 <code>npm run build</code>。The web client is not built yet: run <code>npm run build</code>.</p>
</html>
`;

/** The built web client: hashed files for a year, the page itself always asked for anew, and for each of its routes. */
export function clientRoutes(directory: string): Router {
  const router = Router();
  const page = join(directory, 'index.html');
  router.use(
    express.static(directory, {
      index: false,
      setHeaders(res, path) {
        const hashed = path.startsWith(join(directory, 'assets') + sep);
        res.setHeader('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    }),
  );
  router.get('/{*path}', (req, res, next) => {
    // A missing script must not be answered with a page.
    if (/\.\w+$/.test(req.path)) {
      next();
      return;
    }
    res.set('cache-control', 'no-cache');
    if (existsSync(page)) res.sendFile(page);
    else res.status(503).type('html').send(NOT_BUILT);
  });
  return router;
}
