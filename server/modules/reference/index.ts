import type { Db } from '../../db/connect.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { WorkingCalendar } from '../../lib/working-day.ts';
import type { AuditService } from '../audit/index.ts';
import type { OrganizationService } from '../organization/index.ts';
import { EffectiveReference } from './effective.ts';
import { ReferenceRepository } from './reference.repository.ts';
import { ReferenceEntries } from './reference.service.ts';

export type { EntryFilter } from './reference.repository.ts';
export type { EntryContent, NewEntry, ReferenceEntry } from './entry.ts';
export type { PowerItem } from './reference.types.ts';
export { matchPowerHeader, noPowerHeader, powerWorkbook, readPowerItems } from './power-sheet.ts';
export type { EffectiveReference } from './effective.ts';

/** Reference data 基础数据: what people enter and check, and what of it counts. */
export class ReferenceService {
  readonly entries: ReferenceEntries;
  readonly effective: EffectiveReference;

  constructor(deps: {
    db: Db;
    clock: Clock;
    log: Logger;
    calendar: WorkingCalendar;
    audit: AuditService;
    organizations: OrganizationService;
  }) {
    const { db, clock, log, calendar, audit, organizations } = deps;
    const repository = new ReferenceRepository(db);
    this.effective = new EffectiveReference({ clock, log, calendar, repository });
    this.entries = new ReferenceEntries({
      db,
      clock,
      audit,
      organizations,
      repository,
      effective: this.effective,
    });
  }
}
