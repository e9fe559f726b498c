import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Router } from 'express';
import multer, { MulterError } from 'multer';
import { InputError } from '../lib/errors.ts';
import { keyOfArgument } from '../graphql/index.ts';
import { openFeedFile } from '../modules/feed/index.ts';
import {
  matchPowerHeader,
  noPowerHeader,
  powerWorkbook,
  readPowerItems,
  type PowerItem,
  type ReferenceService,
} from '../modules/reference/index.ts';
import { viewerOf } from './locals.ts';
import { sendWorkbook } from './send-workbook.ts';

const MAX_BYTES = 5 * 1024 * 1024;
const NAMES = { DIRECTORY: '双公示目录', POWER: '权责清单' } as const;

async function itemsOf(content: Buffer, fileName: string): Promise<PowerItem[]> {
  const directory = await mkdtemp(join(tmpdir(), 'power-list-'));
  try {
    const path = join(directory, 'upload');
    await writeFile(path, content, { mode: 0o600 });
    const file = await openFeedFile(path, fileName, matchPowerHeader);
    try {
      return await readPowerItems(file.rows());
    } finally {
      await file.close();
    }
  } catch (error) {
    throw error instanceof InputError && error.code === 'FILE_OTHER_FEED' ? noPowerHeader() : error;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Lists of agencies as workbooks, in and out: `/power-lists/…`. */
export function powerListRoutes({ entries }: ReferenceService): Router {
  const router = Router();
  const upload = multer({
    storage: multer.memoryStorage(),
    limits: { files: 1, fields: 0, fileSize: MAX_BYTES },
    defParamCharset: 'utf8',
  });

  /** What a file holds; nothing is kept of it. */
  router.post(
    '/items',
    (_req, res, next) => {
      entries.requireProposer(viewerOf(res));
      next();
    },
    (req, res, next) => {
      upload.single('file')(req, res, (error: unknown) => {
        const reason = error instanceof MulterError ? error.message : undefined;
        next(reason === undefined ? error : new InputError(['file'], 'UPLOAD_FORM_INVALID', { reason }));
      });
    },
    async (req, res) => {
      if (!req.file) throw new InputError(['file'], 'UPLOAD_FILE_MISSING');
      res.json({ items: await itemsOf(req.file.buffer, req.file.originalname) });
    },
  );

  router.get('/form.xlsx', async (_req, res) => {
    entries.requireProposer(viewerOf(res));
    sendWorkbook(res, '权责清单模板.xlsx', await powerWorkbook('权责清单', []));
  });

  router.get('/:id/items.xlsx', async (req, res) => {
    const { kind, title, version, value } = await entries.list(
      viewerOf(res),
      keyOfArgument('ReferenceEntry', req.params.id),
    );
    const name = NAMES[kind];
    sendWorkbook(res, `${name}-${title}-${String(version)}.xlsx`, await powerWorkbook(name, value.items));
  });
  return router;
}
