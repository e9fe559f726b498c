import type { Response } from 'express';
import { anonymousViewer, type Viewer } from '../auth/viewer.ts';
import type { Logger } from '../lib/logger.ts';

/** What the first middleware leave for the routes behind them. */
export interface RequestLocals {
  requestId: string;
  log: Logger;
  viewer?: Viewer;
}

export function localsOf(res: Response): RequestLocals {
  return res.locals as RequestLocals;
}

/** Who is asking: set by `authenticate`. */
export function viewerOf(res: Response): Viewer {
  return localsOf(res).viewer ?? anonymousViewer;
}
