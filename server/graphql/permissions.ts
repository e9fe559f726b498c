import { anyone, can, loggedIn, type Rule } from '../auth/rules.ts';

/**
 * The first gate of every root field; a field that is missing here stops the start. The second gate, whether this
 * viewer may have this record, is in the service.
 */
export const permissions: Readonly<Record<string, Rule>> = {
  'Query.node': anyone,
  'Query.nodes': anyone,
  'Query.viewer': anyone,
  'Query.sectors': anyone,
  'Query.subject': anyone,
  'Query.searchSubjects': anyone,
  'Query.publicRecords': anyone,
  'Query.creditRecords': can('record:read'),
  'Query.feedBatch': can('feed:read'),
  'Query.feedBatches': can('feed:read'),
  'Query.feedRows': can('feed:read'),
  'Query.problemRows': can('feed:read'),
  'Query.platforms': can('outbox:read'),
  'Query.outboxItems': can('outbox:read'),
  'Query.pushBoard': can('outbox:read'),
  'Query.reconciliationRuns': can('reconciliation:read'),
  'Query.jobRuns': can('job:read'),
  'Query.organizations': can('organization:read'),
  'Query.accounts': can('account:read'),
  'Query.apiClients': can('client:manage'),
  'Query.auditEvents': can('audit:read'),

  'Mutation.ping': loggedIn,
  'Mutation.submitCreditRecords': can('feed:upload'),
  'Mutation.requestProblemWorkbook': can('feed:read'),
  'Mutation.resendOutboxItem': can('outbox:replay'),
  'Mutation.reconcilePlatform': can('reconciliation:run'),
  'Mutation.saveOrganization': can('organization:manage'),
  'Mutation.createAccount': can('account:manage'),
  'Mutation.setAccountActive': can('account:manage'),
  'Mutation.resetPassword': can('account:manage'),
  'Mutation.grantRoles': can('account:grant'),
  'Mutation.resetSecondFactor': can('account:grant'),
  'Mutation.changePassword': loggedIn,
  'Mutation.startSecondFactor': loggedIn,
  'Mutation.confirmSecondFactor': loggedIn,
  'Mutation.createApiClient': can('client:manage'),
  'Mutation.setApiClientActive': can('client:manage'),
};
