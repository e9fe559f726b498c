import type { GraphqlModule } from '../resolver.ts';
import { accountModule } from './account.ts';
import { auditModule } from './audit.ts';
import { baseModule } from './base.ts';
import { collectionModule } from './collection.ts';
import { creditRecordModule } from './credit-record.ts';
import { feedModule } from './feed.ts';
import { jobModule } from './job.ts';
import { organizationModule } from './organization.ts';
import { outboxModule } from './outbox.ts';
import { publicationModule } from './publication.ts';
import { qualityModule } from './quality.ts';
import { reconciliationModule } from './reconciliation.ts';
import { returnedDifferenceModule } from './returned-difference.ts';
import { referenceModule } from './reference.ts';
import { sectorModule } from './sector.ts';
import { subjectModule } from './subject.ts';
import { supervisionModule } from './supervision.ts';
import { threadModule } from './thread.ts';

/** What every module brings to the schema. */
export const modules: readonly GraphqlModule[] = [
  baseModule,
  accountModule,
  organizationModule,
  sectorModule,
  subjectModule,
  feedModule,
  collectionModule,
  creditRecordModule,
  publicationModule,
  outboxModule,
  reconciliationModule,
  returnedDifferenceModule,
  threadModule,
  qualityModule,
  supervisionModule,
  referenceModule,
  auditModule,
  jobModule,
];
