import { Router } from 'express';
import type { QualityService } from '../modules/quality/index.ts';
import { viewerOf } from './locals.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** Statistics as files, for the centre: `/statistics/…`. */
export function qualityRoutes(quality: QualityService): Router {
  const router = Router();
  router.get('/monthly/:month.xlsx', async (req, res) => {
    const { month } = req.params;
    const workbook = await quality.monthly.workbook(viewerOf(res), month);
    res
      .set('cache-control', 'no-store')
      .attachment(`双公示数据统计表-${month}.xlsx`)
      .type(XLSX)
      .send(workbook);
  });
  router.get('/city-monitoring/:year.xlsx', async (req, res) => {
    const { year } = req.params;
    const workbook = await quality.citySheets.workbook(viewerOf(res), Number(year));
    res
      .set('cache-control', 'no-store')
      .attachment(`城市信用监测自评表-${year}.xlsx`)
      .type(XLSX)
      .send(workbook);
  });
  return router;
}
