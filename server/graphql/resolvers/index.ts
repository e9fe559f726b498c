import type { GraphqlModule } from '../resolver.ts';
import { accountModule } from './account.ts';
import { auditModule } from './audit.ts';
import { baseModule } from './base.ts';
import { creditRecordModule } from './credit-record.ts';
import { feedModule } from './feed.ts';
import { jobModule } from './job.ts';
import { organizationModule } from './organization.ts';
import { outboxModule } from './outbox.ts';
import { publicationModule } from './publication.ts';
import { reconciliationModule } from './reconciliation.ts';
import { sectorModule } from './sector.ts';
import { subjectModule } from './subject.ts';

/** What every module brings to the schema. */
export const modules: readonly GraphqlModule[] = [
  baseModule,
  accountModule,
  organizationModule,
  sectorModule,
  subjectModule,
  feedModule,
  creditRecordModule,
  publicationModule,
  outboxModule,
  reconciliationModule,
  auditModule,
  jobModule,
];
