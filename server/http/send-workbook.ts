import type { Response } from 'express';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Answers with a workbook to be kept, not shown. */
export function sendWorkbook(res: Response, name: string, workbook: Buffer): void {
  res.set('cache-control', 'no-store').attachment(name).type(XLSX).send(workbook);
}
