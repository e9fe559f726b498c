import type { AuditService } from '../audit/index.ts';
import type { CreditRecordService } from '../credit-record/index.ts';
import type { PublicationService } from '../publication/index.ts';
import { CheckService } from './check.service.ts';
import { CitySheetService } from './city-sheet.service.ts';
import { DutyService } from './duty.service.ts';
import { GapRepository } from './gap.repository.ts';
import { MonthlyService } from './monthly.service.ts';
import { NoticeService } from './notice.service.ts';
import { OrderService } from './order.service.ts';
import { ReminderService } from './reminder.service.ts';
import { ReportService } from './report.service.ts';
import { SilenceService, type SilenceDeps } from './silence.service.ts';

export type QualityDeps = Omit<SilenceDeps, 'gaps' | 'records'> & {
  readonly audit: AuditService;
  readonly records: CreditRecordService;
  readonly publications: PublicationService;
  readonly cityName: string;
};

/** How well agencies report: figures and rates, what they owe, what they are told. */
export class QualityService {
  readonly reports: ReportService;
  readonly monthly: MonthlyService;
  readonly silence: SilenceService;
  readonly duties: DutyService;
  readonly notices: NoticeService;
  readonly reminders: ReminderService;
  readonly checks: CheckService;
  readonly orders: OrderService;
  readonly citySheets: CitySheetService;

  constructor(deps: QualityDeps) {
    const inner = { ...deps, gaps: new GapRepository(deps.db) };
    this.reports = new ReportService(inner);
    this.monthly = new MonthlyService(inner);
    this.silence = new SilenceService(inner);
    this.duties = new DutyService({ ...inner, silence: this.silence });
    this.notices = new NoticeService(deps);
    this.checks = new CheckService(deps);
    this.citySheets = new CitySheetService({ ...deps, reports: this.reports });
    this.orders = new OrderService({ ...deps, notices: this.notices });
    this.reminders = new ReminderService({ ...inner, duties: this.duties, notices: this.notices });
  }
}
