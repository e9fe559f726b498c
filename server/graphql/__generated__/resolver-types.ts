/* Written by `npm run codegen`; change the .graphql files instead. */
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Account as AccountParent } from '../../modules/account/index.ts';
import type { AuditEvent as AuditEventParent } from '../../modules/audit/index.ts';
import type { CreditRecord as CreditRecordParent, CreditRecordRevision as CreditRecordRevisionParent } from '../../modules/credit-record/index.ts';
import type { FeedBatchDoc as FeedBatchParent, FeedRow as FeedRowParent, ProblemRowDoc as ProblemRowParent } from '../../modules/feed/index.ts';
import type { JobRun as JobRunParent } from '../../modules/job/index.ts';
import type { Organization as OrganizationParent } from '../../modules/organization/index.ts';
import type { OutboxItem as OutboxItemParent, OutboxReceipt as OutboxReceiptParent, Platform as PlatformParent } from '../../modules/outbox/index.ts';
import type { PublicRecord as PublicRecordParent } from '../../modules/publication/index.ts';
import type { Sector as SectorParent } from '../../modules/sector/index.ts';
import type { Subject as SubjectParent } from '../../modules/subject/index.ts';
import type { GraphqlContext } from '../request-context.ts';
export type Maybe<T> = T | null | undefined;
export type InputMaybe<T> = T | null | undefined;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A civil day in Asia/Shanghai, YYYY-MM-DD; 2099-12-31 means long-term (长期). */
  Date: { input: string; output: string; }
  /** An instant, ISO 8601 with zone. */
  DateTime: { input: string; output: Date | string; }
  /** Unified social credit code (统一社会信用代码), 18 characters, check character verified. */
  USCC: { input: string; output: string; }
  /** Counts by name, as a JSON object of whole numbers. */
  Counts: { input: Record<string, number>; output: Record<string, number>; }
};

/** Role of an account (角色). */
export type Role =
  /** Firm (企业用户) */
  | 'ENTERPRISE_USER'
  /** Bank maker (银行经办) */
  | 'BANK_MAKER'
  /** Bank checker (银行复核) */
  | 'BANK_CHECKER'
  /** Bank reporter (银行报数) */
  | 'BANK_REPORTER'
  /** Bank auditor (银行审计) */
  | 'BANK_AUDITOR'
  /** Agency maker (信源单位经办) */
  | 'AGENCY_MAKER'
  /** Agency checker (信源单位复核) */
  | 'AGENCY_CHECKER'
  /** Guarantor (担保机构) */
  | 'GUARANTOR'
  /** Working group (专班) */
  | 'WORKING_GROUP'
  /** District centre (县区中心) */
  | 'DISTRICT_CENTER'
  /** Regulator (监管部门) */
  | 'REGULATOR'
  /** Operator of the credit centre (中心操作员) */
  | 'CENTER_OPERATOR'
  /** System administrator (系统管理员) */
  | 'SYSTEM_ADMIN'
  /** Security administrator (安全管理员) */
  | 'SECURITY_ADMIN'
  /** Audit administrator (审计管理员) */
  | 'AUDIT_ADMIN'
  /** The program itself (系统) */
  | 'SYSTEM';

/** Who is asking. */
export type Viewer = {
  __typename?: 'Viewer';
  /** Login name; null for the public. */
  username?: Maybe<Scalars['String']['output']>;
  /** Roles held. */
  roles: Array<Role>;
  /** What the roles allow, `<subject>:<action>`; the interface hides the rest, the server decides. */
  permissions: Array<Scalars['String']['output']>;
  /** Slugs of the sectors of the viewer's agency. */
  sectors: Array<Scalars['String']['output']>;
  /** True when the second factor (动态口令) must be set up before anything else is allowed. */
  needsSecondFactor: Scalars['Boolean']['output'];
  /** Organization of the viewer. */
  organization?: Maybe<Organization>;
};

/** A login (账号). */
export type Account = Node & {
  __typename?: 'Account';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Login name. */
  username: Scalars['String']['output'];
  /** Roles held. */
  roles: Array<Role>;
  /** Organization it belongs to. */
  organization?: Maybe<Organization>;
  /** False once switched off. */
  active: Scalars['Boolean']['output'];
  /** Until when it is locked after wrong passwords. */
  lockedUntil?: Maybe<Scalars['DateTime']['output']>;
  /** Whether a second factor is set up. */
  hasSecondFactor: Scalars['Boolean']['output'];
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
};

/** One account in a list. */
export type AccountEdge = {
  __typename?: 'AccountEdge';
  /** Cursor of this edge. */
  cursor: Scalars['String']['output'];
  /** The account. */
  node: Account;
};

/** A page of accounts. */
export type AccountConnection = {
  __typename?: 'AccountConnection';
  /** Accounts of this page. */
  edges: Array<AccountEdge>;
  /** Position. */
  pageInfo: PageInfo;
};

/** Input of createAccount. */
export type CreateAccountInput = {
  /** Login name, 3 to 40 letters, digits, `-`, `_` or `.`. */
  username: Scalars['String']['input'];
  /** First password. */
  password: Scalars['String']['input'];
  /**
   * Roles asked for; a maker is never the checker. They hold at once only when the caller may grant roles as well; else
   * the account starts without any and waits for the security administrator.
   */
  roles?: Array<Role>;
  /** Organization it belongs to. */
  organizationId: Scalars['ID']['input'];
};

/** Outcome of account mutations. */
export type AccountPayload = {
  __typename?: 'AccountPayload';
  /** The account after the change. */
  account?: Maybe<Account>;
  /** What is wrong with the input. */
  errors: Array<UserError>;
};

/** Input of setAccountActive. */
export type SetAccountActiveInput = {
  /** Account. */
  accountId: Scalars['ID']['input'];
  /** Whether it may log in. */
  active: Scalars['Boolean']['input'];
};

/** Input of grantRoles. */
export type GrantRolesInput = {
  /** Account. */
  accountId: Scalars['ID']['input'];
  /** The roles it holds from now on. */
  roles: Array<Role>;
};

/** Input of resetPassword. */
export type ResetPasswordInput = {
  /** Account. */
  accountId: Scalars['ID']['input'];
  /** New password: 12 or more characters, three of four classes. */
  newPassword: Scalars['String']['input'];
};

/** Input of resetSecondFactor. */
export type ResetSecondFactorInput = {
  /** Account. */
  accountId: Scalars['ID']['input'];
};

/** Outcome of startSecondFactor. */
export type StartSecondFactorPayload = {
  __typename?: 'StartSecondFactorPayload';
  /** Secret for typing into an authenticator app, base32. */
  secret?: Maybe<Scalars['String']['output']>;
  /** The same as an otpauth address, for a QR code. */
  uri?: Maybe<Scalars['String']['output']>;
  /** What stands against it. */
  errors: Array<UserError>;
};

/** Input of confirmSecondFactor. */
export type ConfirmSecondFactorInput = {
  /** The code the app shows, 6 digits. */
  code: Scalars['String']['input'];
};

/** Outcome of confirmSecondFactor. */
export type ConfirmSecondFactorPayload = {
  __typename?: 'ConfirmSecondFactorPayload';
  /** Whether it is set up; all other sessions end. */
  confirmed: Scalars['Boolean']['output'];
  /** What is wrong with the input. */
  errors: Array<UserError>;
};

/** Input of changePassword. */
export type ChangePasswordInput = {
  /** Present password. */
  currentPassword: Scalars['String']['input'];
  /** New password: 12 or more characters, three of four classes. */
  newPassword: Scalars['String']['input'];
};

/** Outcome of changePassword. */
export type ChangePasswordPayload = {
  __typename?: 'ChangePasswordPayload';
  /** Whether it was changed; all other sessions end. */
  changed: Scalars['Boolean']['output'];
  /** What is wrong with the input. */
  errors: Array<UserError>;
};

/** Input of createApiClient. */
export type CreateApiClientInput = {
  /** What the client is. */
  name: Scalars['String']['input'];
  /** Organization it acts for. */
  organizationId: Scalars['ID']['input'];
  /** Roles it holds. */
  roles: Array<Role>;
};

/** Outcome of createApiClient; the secret is shown this once. */
export type CreateApiClientPayload = {
  __typename?: 'CreateApiClientPayload';
  /** Client id (client_id). */
  clientId?: Maybe<Scalars['String']['output']>;
  /** Secret (client_secret), shown once. */
  clientSecret?: Maybe<Scalars['String']['output']>;
  /** What is wrong with the input. */
  errors: Array<UserError>;
};

/** A machine client (接口客户端). */
export type ApiClient = {
  __typename?: 'ApiClient';
  /** Client id (client_id). */
  clientId: Scalars['ID']['output'];
  /** What the client is. */
  name: Scalars['String']['output'];
  /** Organization it acts for. */
  organization?: Maybe<Organization>;
  /** Roles it holds. */
  roles: Array<Role>;
  /** False once switched off. */
  active: Scalars['Boolean']['output'];
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
};

/** One machine client in a list. */
export type ApiClientEdge = {
  __typename?: 'ApiClientEdge';
  /** Cursor of this edge. */
  cursor: Scalars['String']['output'];
  /** The client. */
  node: ApiClient;
};

/** A page of machine clients. */
export type ApiClientConnection = {
  __typename?: 'ApiClientConnection';
  /** Clients of this page. */
  edges: Array<ApiClientEdge>;
  /** Position. */
  pageInfo: PageInfo;
};

/** Input of setApiClientActive. */
export type SetApiClientActiveInput = {
  /** Client id (client_id). */
  clientId: Scalars['ID']['input'];
  /** Whether it may get tokens and use those it has. */
  active: Scalars['Boolean']['input'];
};

/** Outcome of setApiClientActive. */
export type ApiClientPayload = {
  __typename?: 'ApiClientPayload';
  /** The client after the change. */
  client?: Maybe<ApiClient>;
  /** What is wrong with the input. */
  errors: Array<UserError>;
};

/** How an audited action ended. */
export type AuditResult =
  /** Done */
  | 'OK'
  /** Refused */
  | 'DENIED'
  /** Failed */
  | 'FAILED';

/** One event of the audit trail (审计日志). */
export type AuditEvent = {
  __typename?: 'AuditEvent';
  /** Place in the chain. */
  sequence: Scalars['Int']['output'];
  /** When. */
  at: Scalars['DateTime']['output'];
  /** Who. */
  actor: Scalars['String']['output'];
  /** What. */
  action: Scalars['String']['output'];
  /** To what. */
  object: Scalars['String']['output'];
  /** How it ended. */
  result: AuditResult;
  /** Details, JSON text. */
  detail: Scalars['String']['output'];
};

/** One event in a list. */
export type AuditEventEdge = {
  __typename?: 'AuditEventEdge';
  /** Cursor of this edge. */
  cursor: Scalars['String']['output'];
  /** The event. */
  node: AuditEvent;
};

/** A page of events. */
export type AuditEventConnection = {
  __typename?: 'AuditEventConnection';
  /** Events of this page. */
  edges: Array<AuditEventEdge>;
  /** Position. */
  pageInfo: PageInfo;
};

/** Anything that has a stable id. */
export type Node = {
  /** Opaque id. */
  id: Scalars['ID']['output'];
};

/** Where a page lies in its list. */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** Whether more follow. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Cursor of the last edge; give it as `after` for the next page. */
  endCursor?: Maybe<Scalars['String']['output']>;
};

/** A fault of a mutation's input that its caller can mend. */
export type UserError = {
  __typename?: 'UserError';
  /** Stable code, UPPER_SNAKE. */
  code: Scalars['String']['output'];
  /** Path into the input. */
  path: Array<Scalars['String']['output']>;
  /** Text for people, Chinese. */
  message: Scalars['String']['output'];
};

/** Read operations. */
export type Query = {
  __typename?: 'Query';
  /** Any object by id; null when it is not there or not the viewer's. */
  node?: Maybe<Node>;
  /** Several objects by id, in order, null for those not there. */
  nodes: Array<Maybe<Node>>;
  /** Who is asking; also answers the public. */
  viewer: Viewer;
  /** Accounts by login name (administrators). */
  accounts: AccountConnection;
  /** Machine clients by id (security administrator). */
  apiClients: ApiClientConnection;
  /** The audit trail, newest first (audit administrator). */
  auditEvents: AuditEventConnection;
  /** Records, newest decision first. */
  creditRecords: CreditRecordConnection;
  /** A batch; null when it is not there or another agency's. */
  feedBatch?: Maybe<FeedBatch>;
  /** Batches, newest first: an agency's own, or all for the centre. */
  feedBatches: FeedBatchConnection;
  /** Rows of a batch in order of the file. */
  feedRows: FeedRowConnection;
  /** Refused rows of a batch. */
  problemRows: ProblemRowConnection;
  /** Runs of jobs, newest first. */
  jobRuns: JobRunConnection;
  /** Organizations by name. */
  organizations: OrganizationConnection;
  /** The platforms with their item counts. */
  platforms: Array<Platform>;
  /** Items, newest first. */
  outboxItems: OutboxItemConnection;
  /** Records shown today, newest decision first. */
  publicRecords: PublicRecordConnection;
  /** All sectors with their feeds. */
  sectors: Array<Sector>;
  /** Maintained counts for the centre; costs the same at any size. */
  pushBoard: PushBoard;
  /** A subject by its code; null when unknown. */
  subject?: Maybe<Subject>;
  /** Subjects by code, or by any part of the name from two characters on. */
  searchSubjects: SubjectConnection;
};


/** Read operations. */
export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


/** Read operations. */
export type QueryNodesArgs = {
  ids: Array<Scalars['ID']['input']>;
};


/** Read operations. */
export type QueryAccountsArgs = {
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Read operations. */
export type QueryApiClientsArgs = {
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Read operations. */
export type QueryAuditEventsArgs = {
  action?: InputMaybe<Scalars['String']['input']>;
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Read operations. */
export type QueryCreditRecordsArgs = {
  filter?: InputMaybe<CreditRecordFilter>;
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Read operations. */
export type QueryFeedBatchArgs = {
  id: Scalars['ID']['input'];
};


/** Read operations. */
export type QueryFeedBatchesArgs = {
  feed?: InputMaybe<Scalars['String']['input']>;
  status?: InputMaybe<FeedBatchStatus>;
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Read operations. */
export type QueryFeedRowsArgs = {
  batchId: Scalars['ID']['input'];
  outcome?: InputMaybe<RowOutcome>;
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Read operations. */
export type QueryProblemRowsArgs = {
  batchId: Scalars['ID']['input'];
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Read operations. */
export type QueryJobRunsArgs = {
  filter?: InputMaybe<JobRunFilter>;
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Read operations. */
export type QueryOrganizationsArgs = {
  kind?: InputMaybe<OrganizationKind>;
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Read operations. */
export type QueryOutboxItemsArgs = {
  filter?: InputMaybe<OutboxItemFilter>;
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Read operations. */
export type QueryPublicRecordsArgs = {
  filter?: InputMaybe<PublicRecordFilter>;
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Read operations. */
export type QuerySubjectArgs = {
  uscc: Scalars['USCC']['input'];
};


/** Read operations. */
export type QuerySearchSubjectsArgs = {
  text: Scalars['String']['input'];
  first?: Scalars['Int']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
};

/** Write operations. */
export type Mutation = {
  __typename?: 'Mutation';
  /** Does nothing and answers true; shows that a token is valid. */
  ping: Scalars['Boolean']['output'];
  /** Makes an account (system administrator). */
  createAccount: AccountPayload;
  /** Switches an account on or off (system administrator); on also lifts a lock after wrong passwords. */
  setAccountActive: AccountPayload;
  /** Sets the roles of an account (security administrator). */
  grantRoles: AccountPayload;
  /** Sets the password of somebody who forgot theirs (system administrator); not of administrators. */
  resetPassword: AccountPayload;
  /** Takes the second factor away from somebody who lost it (security administrator). */
  resetSecondFactor: AccountPayload;
  /** Makes a secret for the viewer's second factor (动态口令), which counts once it is confirmed. */
  startSecondFactor: StartSecondFactorPayload;
  /** Sets the second factor up with a first code. */
  confirmSecondFactor: ConfirmSecondFactorPayload;
  /** Changes the viewer's own password. */
  changePassword: ChangePasswordPayload;
  /** Makes a machine client (security administrator). */
  createApiClient: CreateApiClientPayload;
  /** Switches a machine client on or off (security administrator). */
  setApiClientActive: ApiClientPayload;
  /** Brings up to 500 records, each answered with its own outcome. */
  submitCreditRecords: SubmitCreditRecordsPayload;
  /** A one-time link to the workbook of a batch's problem rows (疑问数据). */
  requestProblemWorkbook: DownloadPayload;
  /** Makes or changes an organization (system administrator). */
  saveOrganization: SaveOrganizationPayload;
  /** Sends a given-up item again (centre). */
  resendOutboxItem: ResendOutboxItemPayload;
};


/** Write operations. */
export type MutationCreateAccountArgs = {
  input: CreateAccountInput;
};


/** Write operations. */
export type MutationSetAccountActiveArgs = {
  input: SetAccountActiveInput;
};


/** Write operations. */
export type MutationGrantRolesArgs = {
  input: GrantRolesInput;
};


/** Write operations. */
export type MutationResetPasswordArgs = {
  input: ResetPasswordInput;
};


/** Write operations. */
export type MutationResetSecondFactorArgs = {
  input: ResetSecondFactorInput;
};


/** Write operations. */
export type MutationConfirmSecondFactorArgs = {
  input: ConfirmSecondFactorInput;
};


/** Write operations. */
export type MutationChangePasswordArgs = {
  input: ChangePasswordInput;
};


/** Write operations. */
export type MutationCreateApiClientArgs = {
  input: CreateApiClientInput;
};


/** Write operations. */
export type MutationSetApiClientActiveArgs = {
  input: SetApiClientActiveInput;
};


/** Write operations. */
export type MutationSubmitCreditRecordsArgs = {
  input: SubmitCreditRecordsInput;
};


/** Write operations. */
export type MutationRequestProblemWorkbookArgs = {
  input: RequestProblemWorkbookInput;
};


/** Write operations. */
export type MutationSaveOrganizationArgs = {
  input: SaveOrganizationInput;
};


/** Write operations. */
export type MutationResendOutboxItemArgs = {
  input: ResendOutboxItemInput;
};

/** Who a decision is addressed to. */
export type CounterpartKind =
  /** Legal person or other organisation (法人及非法人组织) */
  | 'LEGAL_PERSON'
  /** Individual business (个体工商户) */
  | 'INDIVIDUAL_BUSINESS'
  /** Natural person (自然人) */
  | 'NATURAL_PERSON';

/** State of the decision itself (当前状态). */
export type DecisionState =
  /** In force (有效) */
  | 'VALID'
  /** Revoked (撤销) */
  | 'REVOKED'
  /** Under objection (异议) */
  | 'DISPUTED'
  /** Other (其他) */
  | 'OTHER'
  /** No longer in force (无效) */
  | 'INVALID';

/** One column of a record. */
export type RecordField = {
  __typename?: 'RecordField';
  /** Column, Chinese. */
  name: Scalars['String']['output'];
  /** Value as text; identity numbers masked. */
  value: Scalars['String']['output'];
};

/** A stored decision (信用记录); the current revision. */
export type CreditRecord = Node & {
  __typename?: 'CreditRecord';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Kind. */
  kind: RecordKind;
  /** Sector slug. */
  sector: Scalars['String']['output'];
  /** Number of the decision document (文书号). */
  documentNumber: Scalars['String']['output'];
  /** Code of the deciding authority. */
  authorityCode: Scalars['String']['output'];
  /** Name of the deciding authority. */
  authorityName: Scalars['String']['output'];
  /** Kind of counterpart. */
  counterpartKind: CounterpartKind;
  /** Name of the counterpart; masked for natural persons. */
  counterpartName: Scalars['String']['output'];
  /** Code of the counterpart. */
  uscc?: Maybe<Scalars['String']['output']>;
  /** Day of the decision. */
  decidedAt: Scalars['Date']['output'];
  /** State of the decision. */
  state: DecisionState;
  /** Number of the current revision, from 1. */
  revision: Scalars['Int']['output'];
  /** What the public sees of it; null when nothing ever. */
  display?: Maybe<PublicationWindow>;
  /** All columns in template order. */
  fields: Array<RecordField>;
  /** First day of receipt. */
  receivedAt: Scalars['DateTime']['output'];
  /** Last day of the seven working days (报送期限). */
  dueOn: Scalars['Date']['output'];
  /** Whether the first version arrived after dueOn (迟报). */
  late: Scalars['Boolean']['output'];
  /** Earlier revisions, newest first. */
  revisions: Array<CreditRecordRevision>;
};

/** An earlier revision. */
export type CreditRecordRevision = {
  __typename?: 'CreditRecordRevision';
  /** Number. */
  revision: Scalars['Int']['output'];
  /** When a later one took its place. */
  replacedAt: Scalars['DateTime']['output'];
  /** Columns as they were. */
  fields: Array<RecordField>;
};

/** When the public sees a record. */
export type PublicationWindow = {
  __typename?: 'PublicationWindow';
  /** First day. */
  from: Scalars['Date']['output'];
  /** Last day. */
  until: Scalars['Date']['output'];
  /** Whether it is shown today. */
  shown: Scalars['Boolean']['output'];
  /** Why it is not shown, Chinese. */
  reason?: Maybe<Scalars['String']['output']>;
};

/** One record in a list. */
export type CreditRecordEdge = {
  __typename?: 'CreditRecordEdge';
  /** Cursor of this edge. */
  cursor: Scalars['String']['output'];
  /** The record. */
  node: CreditRecord;
};

/** A page of records. */
export type CreditRecordConnection = {
  __typename?: 'CreditRecordConnection';
  /** Records of this page. */
  edges: Array<CreditRecordEdge>;
  /** Position. */
  pageInfo: PageInfo;
};

/** Which records; an agency sees its own. */
export type CreditRecordFilter = {
  /** Counterpart's code. */
  uscc?: InputMaybe<Scalars['String']['input']>;
  /** Kind. */
  kind?: InputMaybe<RecordKind>;
  /** Sector slug. */
  sector?: InputMaybe<Scalars['String']['input']>;
  /** Day of the decision. */
  day?: InputMaybe<Scalars['Date']['input']>;
  /** Document number, exact. */
  documentNumber?: InputMaybe<Scalars['String']['input']>;
};

/** How far a batch is. */
export type FeedBatchStatus =
  /** Stored, waiting for its turn (已接收) */
  | 'RECEIVED'
  /** Rows are being worked (处理中) */
  | 'INGESTING'
  /** Every row accepted (全部入库) */
  | 'INGESTED'
  /** Some rows refused or in conflict (部分入库) */
  | 'PARTLY_INGESTED'
  /** The file could not be read to its end (处理失败) */
  | 'FAILED';

/** What became of a row. */
export type RowOutcome =
  /** New record (新增) */
  | 'INSERTED'
  /** New revision of a record (更新) */
  | 'UPDATED'
  /** The same as stored (未变) */
  | 'UNCHANGED'
  /** Another agency supplies this record; waits for the centre (冲突) */
  | 'CONFLICT'
  /** Refused with reasons (疑问数据) */
  | 'REFUSED';

/** Rows by outcome; the five always add up to `read`. */
export type RowCounts = {
  __typename?: 'RowCounts';
  /** Rows read. */
  read: Scalars['Int']['output'];
  /** New records. */
  inserted: Scalars['Int']['output'];
  /** New revisions. */
  updated: Scalars['Int']['output'];
  /** The same as stored. */
  unchanged: Scalars['Int']['output'];
  /** Supplied by another agency. */
  conflict: Scalars['Int']['output'];
  /** Refused with reasons. */
  refused: Scalars['Int']['output'];
};

/** One uploaded file or list (报送批次). */
export type FeedBatch = Node & {
  __typename?: 'FeedBatch';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Feed, `<sector>/<kind>`. */
  feed: Scalars['String']['output'];
  /** Name of the file as uploaded. */
  fileName: Scalars['String']['output'];
  /** Agency it belongs to. */
  agency?: Maybe<Organization>;
  /** How far it is. */
  status: FeedBatchStatus;
  /** Rows by outcome. */
  rows: RowCounts;
  /** Why it failed, Chinese. */
  failure?: Maybe<Scalars['String']['output']>;
  /** When it arrived. */
  receivedAt: Scalars['DateTime']['output'];
  /** When its last row was worked. */
  finishedAt?: Maybe<Scalars['DateTime']['output']>;
};

/** One batch in a list. */
export type FeedBatchEdge = {
  __typename?: 'FeedBatchEdge';
  /** Cursor of this edge. */
  cursor: Scalars['String']['output'];
  /** The batch. */
  node: FeedBatch;
};

/** A page of batches. */
export type FeedBatchConnection = {
  __typename?: 'FeedBatchConnection';
  /** Batches of this page. */
  edges: Array<FeedBatchEdge>;
  /** Position. */
  pageInfo: PageInfo;
};

/** A row of a batch with what became of it. */
export type FeedRow = {
  __typename?: 'FeedRow';
  /** Ordinal in the file from 1. */
  seq: Scalars['Int']['output'];
  /** Row of the sheet or line of the file. */
  row: Scalars['Int']['output'];
  /** Outcome. */
  outcome: RowOutcome;
  /** Record it made, changed or met. */
  recordId?: Maybe<Scalars['ID']['output']>;
  /** Warnings, Chinese. */
  warnings: Array<Scalars['String']['output']>;
};

/** One row in a list. */
export type FeedRowEdge = {
  __typename?: 'FeedRowEdge';
  /** Cursor of this edge. */
  cursor: Scalars['String']['output'];
  /** The row. */
  node: FeedRow;
};

/** A page of rows. */
export type FeedRowConnection = {
  __typename?: 'FeedRowConnection';
  /** Rows of this page. */
  edges: Array<FeedRowEdge>;
  /** Position. */
  pageInfo: PageInfo;
};

/** What is wrong with one column of a row. */
export type ColumnFault = {
  __typename?: 'ColumnFault';
  /** Column, Chinese. */
  column: Scalars['String']['output'];
  /** Stable code. */
  code: Scalars['String']['output'];
  /** Reason for the clerk, Chinese. */
  message: Scalars['String']['output'];
};

/** A refused row (疑问数据). */
export type ProblemRow = Node & {
  __typename?: 'ProblemRow';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Row of the sheet or line of the file. */
  row: Scalars['Int']['output'];
  /** Document number as far as it could be read. */
  documentNumber?: Maybe<Scalars['String']['output']>;
  /** Reasons, one per column. */
  faults: Array<ColumnFault>;
  /** True once a later row put it right. */
  corrected: Scalars['Boolean']['output'];
};

/** One problem row in a list. */
export type ProblemRowEdge = {
  __typename?: 'ProblemRowEdge';
  /** Cursor of this edge. */
  cursor: Scalars['String']['output'];
  /** The problem row. */
  node: ProblemRow;
};

/** A page of problem rows. */
export type ProblemRowConnection = {
  __typename?: 'ProblemRowConnection';
  /** Problem rows of this page. */
  edges: Array<ProblemRowEdge>;
  /** Position. */
  pageInfo: PageInfo;
};

/** One cell of a submitted row: column code or Chinese name, and its text. */
export type CellInput = {
  /** Column code (XK_…, CF_…) or Chinese column name. */
  column: Scalars['String']['input'];
  /** Value as text. */
  value: Scalars['String']['input'];
};

/** One submitted row. */
export type RowInput = {
  /** Its cells. */
  cells: Array<CellInput>;
};

/** Input of submitCreditRecords. */
export type SubmitCreditRecordsInput = {
  /** Feed, `<sector>/<kind>`. */
  feed: Scalars['String']['input'];
  /** 1 to 500 rows. */
  rows: Array<RowInput>;
  /** Key of this call: the same key and input answers the same again. */
  clientMutationId: Scalars['ID']['input'];
};

/** Outcome of one submitted row. */
export type SubmittedRow = {
  __typename?: 'SubmittedRow';
  /** Ordinal of the row from 1. */
  seq: Scalars['Int']['output'];
  /** Outcome. */
  outcome: RowOutcome;
  /** Record it made, changed or met. */
  recordId?: Maybe<Scalars['ID']['output']>;
  /** Reasons and warnings. */
  faults: Array<ColumnFault>;
};

/** Outcome of submitCreditRecords. */
export type SubmitCreditRecordsPayload = {
  __typename?: 'SubmitCreditRecordsPayload';
  /** The batch that keeps the rows. */
  batch?: Maybe<FeedBatch>;
  /** One per row, in order. */
  rows: Array<SubmittedRow>;
  /** What is wrong with the input as a whole. */
  errors: Array<UserError>;
};

/** Input of requestProblemWorkbook. */
export type RequestProblemWorkbookInput = {
  /** Batch. */
  batchId: Scalars['ID']['input'];
};

/** A link that works once and expires. */
export type DownloadPayload = {
  __typename?: 'DownloadPayload';
  /** Path on this server. */
  url?: Maybe<Scalars['String']['output']>;
  /** End of its validity. */
  expiresAt?: Maybe<Scalars['DateTime']['output']>;
  /** What is wrong with the input. */
  errors: Array<UserError>;
};

/** State of a run. */
export type JobRunStatus =
  /** At work */
  | 'RUNNING'
  /** Ended well */
  | 'DONE'
  /** Ended with an error */
  | 'FAILED';

/** One run of a scheduled job. */
export type JobRun = Node & {
  __typename?: 'JobRun';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Name of the job. */
  name: Scalars['String']['output'];
  /** State. */
  status: JobRunStatus;
  /** Start. */
  startedAt: Scalars['DateTime']['output'];
  /** End. */
  endedAt?: Maybe<Scalars['DateTime']['output']>;
  /** What it counted. */
  counts?: Maybe<Scalars['Counts']['output']>;
  /** Code of the error. */
  error?: Maybe<Scalars['String']['output']>;
};

/** One run in a list. */
export type JobRunEdge = {
  __typename?: 'JobRunEdge';
  /** Cursor of this edge. */
  cursor: Scalars['String']['output'];
  /** The run. */
  node: JobRun;
};

/** A page of runs. */
export type JobRunConnection = {
  __typename?: 'JobRunConnection';
  /** Runs of this page. */
  edges: Array<JobRunEdge>;
  /** Position. */
  pageInfo: PageInfo;
};

/** Which runs. */
export type JobRunFilter = {
  /** Name of the job. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** State. */
  status?: InputMaybe<JobRunStatus>;
};

/** Kind of an organization. */
export type OrganizationKind =
  /** Agency that supplies records (信源单位) */
  | 'AGENCY'
  /** Credit centre (信用中心) */
  | 'CENTER'
  /** Bank (银行) */
  | 'BANK'
  /** Firm (企业) */
  | 'ENTERPRISE';

/** An agency, the centre, a bank or a firm as a user of the system (机构). */
export type Organization = Node & {
  __typename?: 'Organization';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Kind. */
  kind: OrganizationKind;
  /** Full name. */
  name: Scalars['String']['output'];
  /** Unified social credit code. */
  uscc: Scalars['String']['output'];
  /** Slugs of the sectors an agency reports for. */
  sectors: Array<Scalars['String']['output']>;
  /** False once switched off. */
  active: Scalars['Boolean']['output'];
};

/** One organization in a list. */
export type OrganizationEdge = {
  __typename?: 'OrganizationEdge';
  /** Cursor of this edge. */
  cursor: Scalars['String']['output'];
  /** The organization. */
  node: Organization;
};

/** A page of organizations. */
export type OrganizationConnection = {
  __typename?: 'OrganizationConnection';
  /** Organizations of this page. */
  edges: Array<OrganizationEdge>;
  /** Position. */
  pageInfo: PageInfo;
};

/** Input of saveOrganization; the code is its identity. */
export type SaveOrganizationInput = {
  /** Kind. */
  kind: OrganizationKind;
  /** Full name. */
  name: Scalars['String']['input'];
  /** Unified social credit code. */
  uscc: Scalars['String']['input'];
  /** Sectors of an agency. */
  sectors?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Whether its accounts may log in. */
  active?: Scalars['Boolean']['input'];
};

/** Outcome of saveOrganization. */
export type SaveOrganizationPayload = {
  __typename?: 'SaveOrganizationPayload';
  /** The organization after the change. */
  organization?: Maybe<Organization>;
  /** What is wrong with the input. */
  errors: Array<UserError>;
};

/** How far an item is on its way to a platform. */
export type OutboxState =
  /** Waiting (待推送) */
  | 'PENDING'
  /** On its way; its fate is asked for when no answer comes (推送中) */
  | 'SENDING'
  /** Taken by the platform, receipt to come (已送达) */
  | 'SENT'
  /** Accepted by the platform (已确认) */
  | 'CONFIRMED'
  /** Refused by the platform (上级退回) */
  | 'REFUSED'
  /** Failed, will be tried again (待重试) */
  | 'RETRY'
  /** Given up after the last try (死信) */
  | 'DEAD'
  /** A newer revision goes instead (已被新版本取代) */
  | 'SUPERSEDED';

/** An upstream platform (上级信用平台). */
export type Platform = {
  __typename?: 'Platform';
  /** Short name. */
  code: Scalars['String']['output'];
  /** Chinese name. */
  name: Scalars['String']['output'];
  /** Whether records go there. */
  enabled: Scalars['Boolean']['output'];
  /** Set while it keeps failing and only probes are sent. */
  pausedUntil?: Maybe<Scalars['DateTime']['output']>;
  /** Items by state, a name of OutboxState each. */
  items: Scalars['Counts']['output'];
};

/** What the platform said of an item. */
export type OutboxReceipt = {
  __typename?: 'OutboxReceipt';
  /** Result. */
  result: Scalars['String']['output'];
  /** The platform's own code. */
  code?: Maybe<Scalars['String']['output']>;
  /** The platform's own text. */
  message?: Maybe<Scalars['String']['output']>;
  /** When it came. */
  receivedAt: Scalars['DateTime']['output'];
};

/** One revision of a record on its way to one platform (待推送项). */
export type OutboxItem = Node & {
  __typename?: 'OutboxItem';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Platform code. */
  platform: Scalars['String']['output'];
  /** Record. */
  recordId: Scalars['ID']['output'];
  /** Revision. */
  revision: Scalars['Int']['output'];
  /** Kind. */
  kind: RecordKind;
  /** Sector slug. */
  sector: Scalars['String']['output'];
  /** State. */
  state: OutboxState;
  /** How often it was sent. */
  attempts: Scalars['Int']['output'];
  /** Last error, its code. */
  lastError?: Maybe<Scalars['String']['output']>;
  /** When it is due next. */
  nextAttemptAt?: Maybe<Scalars['DateTime']['output']>;
  /** When it was put in. */
  createdAt: Scalars['DateTime']['output'];
  /** When the platform accepted or refused it. */
  settledAt?: Maybe<Scalars['DateTime']['output']>;
  /** Receipts so far. */
  receipts: Array<OutboxReceipt>;
};

/** One item in a list. */
export type OutboxItemEdge = {
  __typename?: 'OutboxItemEdge';
  /** Cursor of this edge. */
  cursor: Scalars['String']['output'];
  /** The item. */
  node: OutboxItem;
};

/** A page of items. */
export type OutboxItemConnection = {
  __typename?: 'OutboxItemConnection';
  /** Items of this page. */
  edges: Array<OutboxItemEdge>;
  /** Position. */
  pageInfo: PageInfo;
};

/** Which items. */
export type OutboxItemFilter = {
  /** Platform code. */
  platform?: InputMaybe<Scalars['String']['input']>;
  /** State. */
  state?: InputMaybe<OutboxState>;
  /** Kind. */
  kind?: InputMaybe<RecordKind>;
  /** Record. */
  recordId?: InputMaybe<Scalars['ID']['input']>;
};

/** Input of resendOutboxItem. */
export type ResendOutboxItemInput = {
  /** A DEAD item. */
  itemId: Scalars['ID']['input'];
};

/** Outcome of resendOutboxItem. */
export type ResendOutboxItemPayload = {
  __typename?: 'ResendOutboxItemPayload';
  /** The item after the change. */
  item?: Maybe<OutboxItem>;
  /** What is wrong with the input. */
  errors: Array<UserError>;
};

/** A record as the public sees it (公示信息), masked. */
export type PublicRecord = Node & {
  __typename?: 'PublicRecord';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Kind. */
  kind: RecordKind;
  /** Sector slug. */
  sector: Scalars['String']['output'];
  /** Name of the counterpart. */
  counterpartName: Scalars['String']['output'];
  /** Code of the counterpart. */
  uscc?: Maybe<Scalars['String']['output']>;
  /** Number of the decision document. */
  documentNumber: Scalars['String']['output'];
  /** Name of the deciding authority. */
  authorityName: Scalars['String']['output'];
  /** Day of the decision. */
  decidedAt: Scalars['Date']['output'];
  /** First day shown. */
  shownFrom: Scalars['Date']['output'];
  /** Last day shown. */
  shownUntil: Scalars['Date']['output'];
  /** Columns for the public in template order. */
  fields: Array<RecordField>;
};

/** One public record in a list. */
export type PublicRecordEdge = {
  __typename?: 'PublicRecordEdge';
  /** Cursor of this edge. */
  cursor: Scalars['String']['output'];
  /** The record. */
  node: PublicRecord;
};

/** A page of public records. */
export type PublicRecordConnection = {
  __typename?: 'PublicRecordConnection';
  /** Records of this page. */
  edges: Array<PublicRecordEdge>;
  /** Position. */
  pageInfo: PageInfo;
};

/** Which public records; a code or a document number narrows the list. */
export type PublicRecordFilter = {
  /** Counterpart's code. */
  uscc?: InputMaybe<Scalars['String']['input']>;
  /** Kind. */
  kind?: InputMaybe<RecordKind>;
  /** Document number, exact. */
  documentNumber?: InputMaybe<Scalars['String']['input']>;
  /** Day of the decision. */
  day?: InputMaybe<Scalars['Date']['input']>;
};

/** Kind of a feed and of the records it brings. */
export type RecordKind =
  /** Administrative licence (行政许可) */
  | 'LICENSE'
  /** Administrative penalty (行政处罚) */
  | 'PENALTY';

/** What a sector's agency reports: one kind of record in its template (数据目录). */
export type Feed = {
  __typename?: 'Feed';
  /** `<sector>/<kind>` as in addresses and on the command line. */
  path: Scalars['String']['output'];
  /** Kind of record. */
  kind: RecordKind;
  /** Chinese name. */
  name: Scalars['String']['output'];
};

/** One of the 29 sectors (行业领域). */
export type Sector = {
  __typename?: 'Sector';
  /** Short name used in addresses. */
  slug: Scalars['String']['output'];
  /** Chinese name. */
  name: Scalars['String']['output'];
  /** The agency that reports for it. */
  agency?: Maybe<Organization>;
  /** Its feeds. */
  feeds: Array<Feed>;
};

/** What the operator's push board shows (推送看板). */
export type PushBoard = {
  __typename?: 'PushBoard';
  /** Records stored, by kind. */
  records: Scalars['Counts']['output'];
  /** Rows by outcome over all batches. */
  rows: Scalars['Counts']['output'];
  /** Problem rows waiting for correction. */
  openProblems: Scalars['Int']['output'];
  /** Subjects in the library. */
  subjects: Scalars['Int']['output'];
  /** Platforms with their item counts. */
  platforms: Array<Platform>;
};

/** A firm, individual business or organisation known by its code (信用主体). */
export type Subject = Node & {
  __typename?: 'Subject';
  /** Opaque id. */
  id: Scalars['ID']['output'];
  /** Unified social credit code. */
  uscc: Scalars['String']['output'];
  /** Registered name. */
  name: Scalars['String']['output'];
  /** Kind of firm as registered (企业类型). */
  type?: Maybe<Scalars['String']['output']>;
  /** State in the register (存续, 注销 …). */
  status: Scalars['String']['output'];
  /** Day of foundation. */
  foundedOn?: Maybe<Scalars['Date']['output']>;
  /** Registered capital as registered, with unit. */
  registeredCapital?: Maybe<Scalars['String']['output']>;
  /** Business scope (经营范围). */
  businessScope?: Maybe<Scalars['String']['output']>;
  /** Registered address. */
  address?: Maybe<Scalars['String']['output']>;
  /** Region. */
  region?: Maybe<Scalars['String']['output']>;
  /** True when only a record named it; the base library does not hold it (临时主体). */
  provisional: Scalars['Boolean']['output'];
};

/** One subject in a list. */
export type SubjectEdge = {
  __typename?: 'SubjectEdge';
  /** Cursor of this edge. */
  cursor: Scalars['String']['output'];
  /** The subject. */
  node: Subject;
};

/** A page of subjects. */
export type SubjectConnection = {
  __typename?: 'SubjectConnection';
  /** Subjects of this page. */
  edges: Array<SubjectEdge>;
  /** Position. */
  pageInfo: PageInfo;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;




/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Node:
    | ( AccountParent )
    | ( CreditRecordParent )
    | ( FeedBatchParent )
    | ( ProblemRowParent )
    | ( JobRunParent )
    | ( OrganizationParent )
    | ( OutboxItemParent )
    | ( PublicRecordParent )
    | ( SubjectParent )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Role: Role;
  Viewer: ResolverTypeWrapper<Omit<Viewer, 'organization'> & { organization?: Maybe<ResolversTypes['Organization']> }>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  Account: ResolverTypeWrapper<AccountParent>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  AccountEdge: ResolverTypeWrapper<Omit<AccountEdge, 'node'> & { node: ResolversTypes['Account'] }>;
  AccountConnection: ResolverTypeWrapper<Omit<AccountConnection, 'edges'> & { edges: Array<ResolversTypes['AccountEdge']> }>;
  CreateAccountInput: CreateAccountInput;
  AccountPayload: ResolverTypeWrapper<Omit<AccountPayload, 'account'> & { account?: Maybe<ResolversTypes['Account']> }>;
  SetAccountActiveInput: SetAccountActiveInput;
  GrantRolesInput: GrantRolesInput;
  ResetPasswordInput: ResetPasswordInput;
  ResetSecondFactorInput: ResetSecondFactorInput;
  StartSecondFactorPayload: ResolverTypeWrapper<StartSecondFactorPayload>;
  ConfirmSecondFactorInput: ConfirmSecondFactorInput;
  ConfirmSecondFactorPayload: ResolverTypeWrapper<ConfirmSecondFactorPayload>;
  ChangePasswordInput: ChangePasswordInput;
  ChangePasswordPayload: ResolverTypeWrapper<ChangePasswordPayload>;
  CreateApiClientInput: CreateApiClientInput;
  CreateApiClientPayload: ResolverTypeWrapper<CreateApiClientPayload>;
  ApiClient: ResolverTypeWrapper<Omit<ApiClient, 'organization'> & { organization?: Maybe<ResolversTypes['Organization']> }>;
  ApiClientEdge: ResolverTypeWrapper<Omit<ApiClientEdge, 'node'> & { node: ResolversTypes['ApiClient'] }>;
  ApiClientConnection: ResolverTypeWrapper<Omit<ApiClientConnection, 'edges'> & { edges: Array<ResolversTypes['ApiClientEdge']> }>;
  SetApiClientActiveInput: SetApiClientActiveInput;
  ApiClientPayload: ResolverTypeWrapper<Omit<ApiClientPayload, 'client'> & { client?: Maybe<ResolversTypes['ApiClient']> }>;
  AuditResult: AuditResult;
  AuditEvent: ResolverTypeWrapper<AuditEventParent>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  AuditEventEdge: ResolverTypeWrapper<Omit<AuditEventEdge, 'node'> & { node: ResolversTypes['AuditEvent'] }>;
  AuditEventConnection: ResolverTypeWrapper<Omit<AuditEventConnection, 'edges'> & { edges: Array<ResolversTypes['AuditEventEdge']> }>;
  Date: ResolverTypeWrapper<Scalars['Date']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  USCC: ResolverTypeWrapper<Scalars['USCC']['output']>;
  Counts: ResolverTypeWrapper<Scalars['Counts']['output']>;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  UserError: ResolverTypeWrapper<UserError>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  CounterpartKind: CounterpartKind;
  DecisionState: DecisionState;
  RecordField: ResolverTypeWrapper<RecordField>;
  CreditRecord: ResolverTypeWrapper<CreditRecordParent>;
  CreditRecordRevision: ResolverTypeWrapper<CreditRecordRevisionParent>;
  PublicationWindow: ResolverTypeWrapper<PublicationWindow>;
  CreditRecordEdge: ResolverTypeWrapper<Omit<CreditRecordEdge, 'node'> & { node: ResolversTypes['CreditRecord'] }>;
  CreditRecordConnection: ResolverTypeWrapper<Omit<CreditRecordConnection, 'edges'> & { edges: Array<ResolversTypes['CreditRecordEdge']> }>;
  CreditRecordFilter: CreditRecordFilter;
  FeedBatchStatus: FeedBatchStatus;
  RowOutcome: RowOutcome;
  RowCounts: ResolverTypeWrapper<RowCounts>;
  FeedBatch: ResolverTypeWrapper<FeedBatchParent>;
  FeedBatchEdge: ResolverTypeWrapper<Omit<FeedBatchEdge, 'node'> & { node: ResolversTypes['FeedBatch'] }>;
  FeedBatchConnection: ResolverTypeWrapper<Omit<FeedBatchConnection, 'edges'> & { edges: Array<ResolversTypes['FeedBatchEdge']> }>;
  FeedRow: ResolverTypeWrapper<FeedRowParent>;
  FeedRowEdge: ResolverTypeWrapper<Omit<FeedRowEdge, 'node'> & { node: ResolversTypes['FeedRow'] }>;
  FeedRowConnection: ResolverTypeWrapper<Omit<FeedRowConnection, 'edges'> & { edges: Array<ResolversTypes['FeedRowEdge']> }>;
  ColumnFault: ResolverTypeWrapper<ColumnFault>;
  ProblemRow: ResolverTypeWrapper<ProblemRowParent>;
  ProblemRowEdge: ResolverTypeWrapper<Omit<ProblemRowEdge, 'node'> & { node: ResolversTypes['ProblemRow'] }>;
  ProblemRowConnection: ResolverTypeWrapper<Omit<ProblemRowConnection, 'edges'> & { edges: Array<ResolversTypes['ProblemRowEdge']> }>;
  CellInput: CellInput;
  RowInput: RowInput;
  SubmitCreditRecordsInput: SubmitCreditRecordsInput;
  SubmittedRow: ResolverTypeWrapper<SubmittedRow>;
  SubmitCreditRecordsPayload: ResolverTypeWrapper<Omit<SubmitCreditRecordsPayload, 'batch'> & { batch?: Maybe<ResolversTypes['FeedBatch']> }>;
  RequestProblemWorkbookInput: RequestProblemWorkbookInput;
  DownloadPayload: ResolverTypeWrapper<DownloadPayload>;
  JobRunStatus: JobRunStatus;
  JobRun: ResolverTypeWrapper<JobRunParent>;
  JobRunEdge: ResolverTypeWrapper<Omit<JobRunEdge, 'node'> & { node: ResolversTypes['JobRun'] }>;
  JobRunConnection: ResolverTypeWrapper<Omit<JobRunConnection, 'edges'> & { edges: Array<ResolversTypes['JobRunEdge']> }>;
  JobRunFilter: JobRunFilter;
  OrganizationKind: OrganizationKind;
  Organization: ResolverTypeWrapper<OrganizationParent>;
  OrganizationEdge: ResolverTypeWrapper<Omit<OrganizationEdge, 'node'> & { node: ResolversTypes['Organization'] }>;
  OrganizationConnection: ResolverTypeWrapper<Omit<OrganizationConnection, 'edges'> & { edges: Array<ResolversTypes['OrganizationEdge']> }>;
  SaveOrganizationInput: SaveOrganizationInput;
  SaveOrganizationPayload: ResolverTypeWrapper<Omit<SaveOrganizationPayload, 'organization'> & { organization?: Maybe<ResolversTypes['Organization']> }>;
  OutboxState: OutboxState;
  Platform: ResolverTypeWrapper<PlatformParent>;
  OutboxReceipt: ResolverTypeWrapper<OutboxReceiptParent>;
  OutboxItem: ResolverTypeWrapper<OutboxItemParent>;
  OutboxItemEdge: ResolverTypeWrapper<Omit<OutboxItemEdge, 'node'> & { node: ResolversTypes['OutboxItem'] }>;
  OutboxItemConnection: ResolverTypeWrapper<Omit<OutboxItemConnection, 'edges'> & { edges: Array<ResolversTypes['OutboxItemEdge']> }>;
  OutboxItemFilter: OutboxItemFilter;
  ResendOutboxItemInput: ResendOutboxItemInput;
  ResendOutboxItemPayload: ResolverTypeWrapper<Omit<ResendOutboxItemPayload, 'item'> & { item?: Maybe<ResolversTypes['OutboxItem']> }>;
  PublicRecord: ResolverTypeWrapper<PublicRecordParent>;
  PublicRecordEdge: ResolverTypeWrapper<Omit<PublicRecordEdge, 'node'> & { node: ResolversTypes['PublicRecord'] }>;
  PublicRecordConnection: ResolverTypeWrapper<Omit<PublicRecordConnection, 'edges'> & { edges: Array<ResolversTypes['PublicRecordEdge']> }>;
  PublicRecordFilter: PublicRecordFilter;
  RecordKind: RecordKind;
  Feed: ResolverTypeWrapper<Feed>;
  Sector: ResolverTypeWrapper<SectorParent>;
  PushBoard: ResolverTypeWrapper<Omit<PushBoard, 'platforms'> & { platforms: Array<ResolversTypes['Platform']> }>;
  Subject: ResolverTypeWrapper<SubjectParent>;
  SubjectEdge: ResolverTypeWrapper<Omit<SubjectEdge, 'node'> & { node: ResolversTypes['Subject'] }>;
  SubjectConnection: ResolverTypeWrapper<Omit<SubjectConnection, 'edges'> & { edges: Array<ResolversTypes['SubjectEdge']> }>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Viewer: Omit<Viewer, 'organization'> & { organization?: Maybe<ResolversParentTypes['Organization']> };
  String: Scalars['String']['output'];
  Boolean: Scalars['Boolean']['output'];
  Account: AccountParent;
  ID: Scalars['ID']['output'];
  AccountEdge: Omit<AccountEdge, 'node'> & { node: ResolversParentTypes['Account'] };
  AccountConnection: Omit<AccountConnection, 'edges'> & { edges: Array<ResolversParentTypes['AccountEdge']> };
  CreateAccountInput: CreateAccountInput;
  AccountPayload: Omit<AccountPayload, 'account'> & { account?: Maybe<ResolversParentTypes['Account']> };
  SetAccountActiveInput: SetAccountActiveInput;
  GrantRolesInput: GrantRolesInput;
  ResetPasswordInput: ResetPasswordInput;
  ResetSecondFactorInput: ResetSecondFactorInput;
  StartSecondFactorPayload: StartSecondFactorPayload;
  ConfirmSecondFactorInput: ConfirmSecondFactorInput;
  ConfirmSecondFactorPayload: ConfirmSecondFactorPayload;
  ChangePasswordInput: ChangePasswordInput;
  ChangePasswordPayload: ChangePasswordPayload;
  CreateApiClientInput: CreateApiClientInput;
  CreateApiClientPayload: CreateApiClientPayload;
  ApiClient: Omit<ApiClient, 'organization'> & { organization?: Maybe<ResolversParentTypes['Organization']> };
  ApiClientEdge: Omit<ApiClientEdge, 'node'> & { node: ResolversParentTypes['ApiClient'] };
  ApiClientConnection: Omit<ApiClientConnection, 'edges'> & { edges: Array<ResolversParentTypes['ApiClientEdge']> };
  SetApiClientActiveInput: SetApiClientActiveInput;
  ApiClientPayload: Omit<ApiClientPayload, 'client'> & { client?: Maybe<ResolversParentTypes['ApiClient']> };
  AuditEvent: AuditEventParent;
  Int: Scalars['Int']['output'];
  AuditEventEdge: Omit<AuditEventEdge, 'node'> & { node: ResolversParentTypes['AuditEvent'] };
  AuditEventConnection: Omit<AuditEventConnection, 'edges'> & { edges: Array<ResolversParentTypes['AuditEventEdge']> };
  Date: Scalars['Date']['output'];
  DateTime: Scalars['DateTime']['output'];
  USCC: Scalars['USCC']['output'];
  Counts: Scalars['Counts']['output'];
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  PageInfo: PageInfo;
  UserError: UserError;
  Query: Record<PropertyKey, never>;
  Mutation: Record<PropertyKey, never>;
  RecordField: RecordField;
  CreditRecord: CreditRecordParent;
  CreditRecordRevision: CreditRecordRevisionParent;
  PublicationWindow: PublicationWindow;
  CreditRecordEdge: Omit<CreditRecordEdge, 'node'> & { node: ResolversParentTypes['CreditRecord'] };
  CreditRecordConnection: Omit<CreditRecordConnection, 'edges'> & { edges: Array<ResolversParentTypes['CreditRecordEdge']> };
  CreditRecordFilter: CreditRecordFilter;
  RowCounts: RowCounts;
  FeedBatch: FeedBatchParent;
  FeedBatchEdge: Omit<FeedBatchEdge, 'node'> & { node: ResolversParentTypes['FeedBatch'] };
  FeedBatchConnection: Omit<FeedBatchConnection, 'edges'> & { edges: Array<ResolversParentTypes['FeedBatchEdge']> };
  FeedRow: FeedRowParent;
  FeedRowEdge: Omit<FeedRowEdge, 'node'> & { node: ResolversParentTypes['FeedRow'] };
  FeedRowConnection: Omit<FeedRowConnection, 'edges'> & { edges: Array<ResolversParentTypes['FeedRowEdge']> };
  ColumnFault: ColumnFault;
  ProblemRow: ProblemRowParent;
  ProblemRowEdge: Omit<ProblemRowEdge, 'node'> & { node: ResolversParentTypes['ProblemRow'] };
  ProblemRowConnection: Omit<ProblemRowConnection, 'edges'> & { edges: Array<ResolversParentTypes['ProblemRowEdge']> };
  CellInput: CellInput;
  RowInput: RowInput;
  SubmitCreditRecordsInput: SubmitCreditRecordsInput;
  SubmittedRow: SubmittedRow;
  SubmitCreditRecordsPayload: Omit<SubmitCreditRecordsPayload, 'batch'> & { batch?: Maybe<ResolversParentTypes['FeedBatch']> };
  RequestProblemWorkbookInput: RequestProblemWorkbookInput;
  DownloadPayload: DownloadPayload;
  JobRun: JobRunParent;
  JobRunEdge: Omit<JobRunEdge, 'node'> & { node: ResolversParentTypes['JobRun'] };
  JobRunConnection: Omit<JobRunConnection, 'edges'> & { edges: Array<ResolversParentTypes['JobRunEdge']> };
  JobRunFilter: JobRunFilter;
  Organization: OrganizationParent;
  OrganizationEdge: Omit<OrganizationEdge, 'node'> & { node: ResolversParentTypes['Organization'] };
  OrganizationConnection: Omit<OrganizationConnection, 'edges'> & { edges: Array<ResolversParentTypes['OrganizationEdge']> };
  SaveOrganizationInput: SaveOrganizationInput;
  SaveOrganizationPayload: Omit<SaveOrganizationPayload, 'organization'> & { organization?: Maybe<ResolversParentTypes['Organization']> };
  Platform: PlatformParent;
  OutboxReceipt: OutboxReceiptParent;
  OutboxItem: OutboxItemParent;
  OutboxItemEdge: Omit<OutboxItemEdge, 'node'> & { node: ResolversParentTypes['OutboxItem'] };
  OutboxItemConnection: Omit<OutboxItemConnection, 'edges'> & { edges: Array<ResolversParentTypes['OutboxItemEdge']> };
  OutboxItemFilter: OutboxItemFilter;
  ResendOutboxItemInput: ResendOutboxItemInput;
  ResendOutboxItemPayload: Omit<ResendOutboxItemPayload, 'item'> & { item?: Maybe<ResolversParentTypes['OutboxItem']> };
  PublicRecord: PublicRecordParent;
  PublicRecordEdge: Omit<PublicRecordEdge, 'node'> & { node: ResolversParentTypes['PublicRecord'] };
  PublicRecordConnection: Omit<PublicRecordConnection, 'edges'> & { edges: Array<ResolversParentTypes['PublicRecordEdge']> };
  PublicRecordFilter: PublicRecordFilter;
  Feed: Feed;
  Sector: SectorParent;
  PushBoard: Omit<PushBoard, 'platforms'> & { platforms: Array<ResolversParentTypes['Platform']> };
  Subject: SubjectParent;
  SubjectEdge: Omit<SubjectEdge, 'node'> & { node: ResolversParentTypes['Subject'] };
  SubjectConnection: Omit<SubjectConnection, 'edges'> & { edges: Array<ResolversParentTypes['SubjectEdge']> };
};

export type ViewerResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['Viewer'] = ResolversParentTypes['Viewer']> = {
  username?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  roles?: Resolver<Array<ResolversTypes['Role']>, ParentType, ContextType>;
  permissions?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  sectors?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  needsSecondFactor?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  organization?: Resolver<Maybe<ResolversTypes['Organization']>, ParentType, ContextType>;
};

export type AccountResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['Account'] = ResolversParentTypes['Account']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  username?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  roles?: Resolver<Array<ResolversTypes['Role']>, ParentType, ContextType>;
  organization?: Resolver<Maybe<ResolversTypes['Organization']>, ParentType, ContextType>;
  active?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  lockedUntil?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  hasSecondFactor?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AccountEdgeResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['AccountEdge'] = ResolversParentTypes['AccountEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Account'], ParentType, ContextType>;
};

export type AccountConnectionResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['AccountConnection'] = ResolversParentTypes['AccountConnection']> = {
  edges?: Resolver<Array<ResolversTypes['AccountEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type AccountPayloadResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['AccountPayload'] = ResolversParentTypes['AccountPayload']> = {
  account?: Resolver<Maybe<ResolversTypes['Account']>, ParentType, ContextType>;
  errors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type StartSecondFactorPayloadResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['StartSecondFactorPayload'] = ResolversParentTypes['StartSecondFactorPayload']> = {
  secret?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  uri?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  errors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type ConfirmSecondFactorPayloadResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['ConfirmSecondFactorPayload'] = ResolversParentTypes['ConfirmSecondFactorPayload']> = {
  confirmed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  errors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type ChangePasswordPayloadResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['ChangePasswordPayload'] = ResolversParentTypes['ChangePasswordPayload']> = {
  changed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  errors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type CreateApiClientPayloadResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['CreateApiClientPayload'] = ResolversParentTypes['CreateApiClientPayload']> = {
  clientId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  clientSecret?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  errors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type ApiClientResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['ApiClient'] = ResolversParentTypes['ApiClient']> = {
  clientId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  organization?: Resolver<Maybe<ResolversTypes['Organization']>, ParentType, ContextType>;
  roles?: Resolver<Array<ResolversTypes['Role']>, ParentType, ContextType>;
  active?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type ApiClientEdgeResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['ApiClientEdge'] = ResolversParentTypes['ApiClientEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['ApiClient'], ParentType, ContextType>;
};

export type ApiClientConnectionResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['ApiClientConnection'] = ResolversParentTypes['ApiClientConnection']> = {
  edges?: Resolver<Array<ResolversTypes['ApiClientEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type ApiClientPayloadResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['ApiClientPayload'] = ResolversParentTypes['ApiClientPayload']> = {
  client?: Resolver<Maybe<ResolversTypes['ApiClient']>, ParentType, ContextType>;
  errors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type AuditEventResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['AuditEvent'] = ResolversParentTypes['AuditEvent']> = {
  sequence?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  actor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  action?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  object?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  result?: Resolver<ResolversTypes['AuditResult'], ParentType, ContextType>;
  detail?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type AuditEventEdgeResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['AuditEventEdge'] = ResolversParentTypes['AuditEventEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['AuditEvent'], ParentType, ContextType>;
};

export type AuditEventConnectionResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['AuditEventConnection'] = ResolversParentTypes['AuditEventConnection']> = {
  edges?: Resolver<Array<ResolversTypes['AuditEventEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export interface DateScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Date'], any> {
  name: 'Date';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface UsccScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['USCC'], any> {
  name: 'USCC';
}

export interface CountsScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Counts'], any> {
  name: 'Counts';
}

export type NodeResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'Account' | 'CreditRecord' | 'FeedBatch' | 'ProblemRow' | 'JobRun' | 'Organization' | 'OutboxItem' | 'PublicRecord' | 'Subject', ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type UserErrorResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['UserError'] = ResolversParentTypes['UserError']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  nodes?: Resolver<Array<Maybe<ResolversTypes['Node']>>, ParentType, ContextType, RequireFields<QueryNodesArgs, 'ids'>>;
  viewer?: Resolver<ResolversTypes['Viewer'], ParentType, ContextType>;
  accounts?: Resolver<ResolversTypes['AccountConnection'], ParentType, ContextType, RequireFields<QueryAccountsArgs, 'first'>>;
  apiClients?: Resolver<ResolversTypes['ApiClientConnection'], ParentType, ContextType, RequireFields<QueryApiClientsArgs, 'first'>>;
  auditEvents?: Resolver<ResolversTypes['AuditEventConnection'], ParentType, ContextType, RequireFields<QueryAuditEventsArgs, 'first'>>;
  creditRecords?: Resolver<ResolversTypes['CreditRecordConnection'], ParentType, ContextType, RequireFields<QueryCreditRecordsArgs, 'filter' | 'first'>>;
  feedBatch?: Resolver<Maybe<ResolversTypes['FeedBatch']>, ParentType, ContextType, RequireFields<QueryFeedBatchArgs, 'id'>>;
  feedBatches?: Resolver<ResolversTypes['FeedBatchConnection'], ParentType, ContextType, RequireFields<QueryFeedBatchesArgs, 'first'>>;
  feedRows?: Resolver<ResolversTypes['FeedRowConnection'], ParentType, ContextType, RequireFields<QueryFeedRowsArgs, 'batchId' | 'first'>>;
  problemRows?: Resolver<ResolversTypes['ProblemRowConnection'], ParentType, ContextType, RequireFields<QueryProblemRowsArgs, 'batchId' | 'first'>>;
  jobRuns?: Resolver<ResolversTypes['JobRunConnection'], ParentType, ContextType, RequireFields<QueryJobRunsArgs, 'filter' | 'first'>>;
  organizations?: Resolver<ResolversTypes['OrganizationConnection'], ParentType, ContextType, RequireFields<QueryOrganizationsArgs, 'first'>>;
  platforms?: Resolver<Array<ResolversTypes['Platform']>, ParentType, ContextType>;
  outboxItems?: Resolver<ResolversTypes['OutboxItemConnection'], ParentType, ContextType, RequireFields<QueryOutboxItemsArgs, 'filter' | 'first'>>;
  publicRecords?: Resolver<ResolversTypes['PublicRecordConnection'], ParentType, ContextType, RequireFields<QueryPublicRecordsArgs, 'filter' | 'first'>>;
  sectors?: Resolver<Array<ResolversTypes['Sector']>, ParentType, ContextType>;
  pushBoard?: Resolver<ResolversTypes['PushBoard'], ParentType, ContextType>;
  subject?: Resolver<Maybe<ResolversTypes['Subject']>, ParentType, ContextType, RequireFields<QuerySubjectArgs, 'uscc'>>;
  searchSubjects?: Resolver<ResolversTypes['SubjectConnection'], ParentType, ContextType, RequireFields<QuerySearchSubjectsArgs, 'text' | 'first'>>;
};

export type MutationResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  ping?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  createAccount?: Resolver<ResolversTypes['AccountPayload'], ParentType, ContextType, RequireFields<MutationCreateAccountArgs, 'input'>>;
  setAccountActive?: Resolver<ResolversTypes['AccountPayload'], ParentType, ContextType, RequireFields<MutationSetAccountActiveArgs, 'input'>>;
  grantRoles?: Resolver<ResolversTypes['AccountPayload'], ParentType, ContextType, RequireFields<MutationGrantRolesArgs, 'input'>>;
  resetPassword?: Resolver<ResolversTypes['AccountPayload'], ParentType, ContextType, RequireFields<MutationResetPasswordArgs, 'input'>>;
  resetSecondFactor?: Resolver<ResolversTypes['AccountPayload'], ParentType, ContextType, RequireFields<MutationResetSecondFactorArgs, 'input'>>;
  startSecondFactor?: Resolver<ResolversTypes['StartSecondFactorPayload'], ParentType, ContextType>;
  confirmSecondFactor?: Resolver<ResolversTypes['ConfirmSecondFactorPayload'], ParentType, ContextType, RequireFields<MutationConfirmSecondFactorArgs, 'input'>>;
  changePassword?: Resolver<ResolversTypes['ChangePasswordPayload'], ParentType, ContextType, RequireFields<MutationChangePasswordArgs, 'input'>>;
  createApiClient?: Resolver<ResolversTypes['CreateApiClientPayload'], ParentType, ContextType, RequireFields<MutationCreateApiClientArgs, 'input'>>;
  setApiClientActive?: Resolver<ResolversTypes['ApiClientPayload'], ParentType, ContextType, RequireFields<MutationSetApiClientActiveArgs, 'input'>>;
  submitCreditRecords?: Resolver<ResolversTypes['SubmitCreditRecordsPayload'], ParentType, ContextType, RequireFields<MutationSubmitCreditRecordsArgs, 'input'>>;
  requestProblemWorkbook?: Resolver<ResolversTypes['DownloadPayload'], ParentType, ContextType, RequireFields<MutationRequestProblemWorkbookArgs, 'input'>>;
  saveOrganization?: Resolver<ResolversTypes['SaveOrganizationPayload'], ParentType, ContextType, RequireFields<MutationSaveOrganizationArgs, 'input'>>;
  resendOutboxItem?: Resolver<ResolversTypes['ResendOutboxItemPayload'], ParentType, ContextType, RequireFields<MutationResendOutboxItemArgs, 'input'>>;
};

export type RecordFieldResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['RecordField'] = ResolversParentTypes['RecordField']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type CreditRecordResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['CreditRecord'] = ResolversParentTypes['CreditRecord']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['RecordKind'], ParentType, ContextType>;
  sector?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  documentNumber?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  authorityCode?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  authorityName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  counterpartKind?: Resolver<ResolversTypes['CounterpartKind'], ParentType, ContextType>;
  counterpartName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  uscc?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  decidedAt?: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['DecisionState'], ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  display?: Resolver<Maybe<ResolversTypes['PublicationWindow']>, ParentType, ContextType>;
  fields?: Resolver<Array<ResolversTypes['RecordField']>, ParentType, ContextType>;
  receivedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  dueOn?: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  late?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  revisions?: Resolver<Array<ResolversTypes['CreditRecordRevision']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CreditRecordRevisionResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['CreditRecordRevision'] = ResolversParentTypes['CreditRecordRevision']> = {
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  replacedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  fields?: Resolver<Array<ResolversTypes['RecordField']>, ParentType, ContextType>;
};

export type PublicationWindowResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['PublicationWindow'] = ResolversParentTypes['PublicationWindow']> = {
  from?: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  until?: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  shown?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type CreditRecordEdgeResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['CreditRecordEdge'] = ResolversParentTypes['CreditRecordEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['CreditRecord'], ParentType, ContextType>;
};

export type CreditRecordConnectionResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['CreditRecordConnection'] = ResolversParentTypes['CreditRecordConnection']> = {
  edges?: Resolver<Array<ResolversTypes['CreditRecordEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type RowCountsResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['RowCounts'] = ResolversParentTypes['RowCounts']> = {
  read?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  inserted?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  updated?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  unchanged?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  conflict?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  refused?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type FeedBatchResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['FeedBatch'] = ResolversParentTypes['FeedBatch']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  feed?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  fileName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  agency?: Resolver<Maybe<ResolversTypes['Organization']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['FeedBatchStatus'], ParentType, ContextType>;
  rows?: Resolver<ResolversTypes['RowCounts'], ParentType, ContextType>;
  failure?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  receivedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type FeedBatchEdgeResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['FeedBatchEdge'] = ResolversParentTypes['FeedBatchEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['FeedBatch'], ParentType, ContextType>;
};

export type FeedBatchConnectionResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['FeedBatchConnection'] = ResolversParentTypes['FeedBatchConnection']> = {
  edges?: Resolver<Array<ResolversTypes['FeedBatchEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type FeedRowResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['FeedRow'] = ResolversParentTypes['FeedRow']> = {
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  row?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['RowOutcome'], ParentType, ContextType>;
  recordId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  warnings?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
};

export type FeedRowEdgeResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['FeedRowEdge'] = ResolversParentTypes['FeedRowEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['FeedRow'], ParentType, ContextType>;
};

export type FeedRowConnectionResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['FeedRowConnection'] = ResolversParentTypes['FeedRowConnection']> = {
  edges?: Resolver<Array<ResolversTypes['FeedRowEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type ColumnFaultResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['ColumnFault'] = ResolversParentTypes['ColumnFault']> = {
  column?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ProblemRowResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['ProblemRow'] = ResolversParentTypes['ProblemRow']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  row?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  documentNumber?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  faults?: Resolver<Array<ResolversTypes['ColumnFault']>, ParentType, ContextType>;
  corrected?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ProblemRowEdgeResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['ProblemRowEdge'] = ResolversParentTypes['ProblemRowEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['ProblemRow'], ParentType, ContextType>;
};

export type ProblemRowConnectionResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['ProblemRowConnection'] = ResolversParentTypes['ProblemRowConnection']> = {
  edges?: Resolver<Array<ResolversTypes['ProblemRowEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type SubmittedRowResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['SubmittedRow'] = ResolversParentTypes['SubmittedRow']> = {
  seq?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  outcome?: Resolver<ResolversTypes['RowOutcome'], ParentType, ContextType>;
  recordId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  faults?: Resolver<Array<ResolversTypes['ColumnFault']>, ParentType, ContextType>;
};

export type SubmitCreditRecordsPayloadResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['SubmitCreditRecordsPayload'] = ResolversParentTypes['SubmitCreditRecordsPayload']> = {
  batch?: Resolver<Maybe<ResolversTypes['FeedBatch']>, ParentType, ContextType>;
  rows?: Resolver<Array<ResolversTypes['SubmittedRow']>, ParentType, ContextType>;
  errors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type DownloadPayloadResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['DownloadPayload'] = ResolversParentTypes['DownloadPayload']> = {
  url?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  errors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type JobRunResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['JobRun'] = ResolversParentTypes['JobRun']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['JobRunStatus'], ParentType, ContextType>;
  startedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  endedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  counts?: Resolver<Maybe<ResolversTypes['Counts']>, ParentType, ContextType>;
  error?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type JobRunEdgeResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['JobRunEdge'] = ResolversParentTypes['JobRunEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['JobRun'], ParentType, ContextType>;
};

export type JobRunConnectionResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['JobRunConnection'] = ResolversParentTypes['JobRunConnection']> = {
  edges?: Resolver<Array<ResolversTypes['JobRunEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type OrganizationResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['Organization'] = ResolversParentTypes['Organization']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['OrganizationKind'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  uscc?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sectors?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  active?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type OrganizationEdgeResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['OrganizationEdge'] = ResolversParentTypes['OrganizationEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Organization'], ParentType, ContextType>;
};

export type OrganizationConnectionResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['OrganizationConnection'] = ResolversParentTypes['OrganizationConnection']> = {
  edges?: Resolver<Array<ResolversTypes['OrganizationEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type SaveOrganizationPayloadResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['SaveOrganizationPayload'] = ResolversParentTypes['SaveOrganizationPayload']> = {
  organization?: Resolver<Maybe<ResolversTypes['Organization']>, ParentType, ContextType>;
  errors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type PlatformResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['Platform'] = ResolversParentTypes['Platform']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  enabled?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  pausedUntil?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  items?: Resolver<ResolversTypes['Counts'], ParentType, ContextType>;
};

export type OutboxReceiptResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['OutboxReceipt'] = ResolversParentTypes['OutboxReceipt']> = {
  result?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  code?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  message?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  receivedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type OutboxItemResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['OutboxItem'] = ResolversParentTypes['OutboxItem']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  platform?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  recordId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['RecordKind'], ParentType, ContextType>;
  sector?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['OutboxState'], ParentType, ContextType>;
  attempts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  lastError?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  nextAttemptAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  settledAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  receipts?: Resolver<Array<ResolversTypes['OutboxReceipt']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type OutboxItemEdgeResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['OutboxItemEdge'] = ResolversParentTypes['OutboxItemEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['OutboxItem'], ParentType, ContextType>;
};

export type OutboxItemConnectionResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['OutboxItemConnection'] = ResolversParentTypes['OutboxItemConnection']> = {
  edges?: Resolver<Array<ResolversTypes['OutboxItemEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type ResendOutboxItemPayloadResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['ResendOutboxItemPayload'] = ResolversParentTypes['ResendOutboxItemPayload']> = {
  item?: Resolver<Maybe<ResolversTypes['OutboxItem']>, ParentType, ContextType>;
  errors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type PublicRecordResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['PublicRecord'] = ResolversParentTypes['PublicRecord']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['RecordKind'], ParentType, ContextType>;
  sector?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  counterpartName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  uscc?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  documentNumber?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  authorityName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  decidedAt?: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  shownFrom?: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  shownUntil?: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  fields?: Resolver<Array<ResolversTypes['RecordField']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PublicRecordEdgeResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['PublicRecordEdge'] = ResolversParentTypes['PublicRecordEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['PublicRecord'], ParentType, ContextType>;
};

export type PublicRecordConnectionResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['PublicRecordConnection'] = ResolversParentTypes['PublicRecordConnection']> = {
  edges?: Resolver<Array<ResolversTypes['PublicRecordEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type FeedResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['Feed'] = ResolversParentTypes['Feed']> = {
  path?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['RecordKind'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SectorResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['Sector'] = ResolversParentTypes['Sector']> = {
  slug?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  agency?: Resolver<Maybe<ResolversTypes['Organization']>, ParentType, ContextType>;
  feeds?: Resolver<Array<ResolversTypes['Feed']>, ParentType, ContextType>;
};

export type PushBoardResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['PushBoard'] = ResolversParentTypes['PushBoard']> = {
  records?: Resolver<ResolversTypes['Counts'], ParentType, ContextType>;
  rows?: Resolver<ResolversTypes['Counts'], ParentType, ContextType>;
  openProblems?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  subjects?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  platforms?: Resolver<Array<ResolversTypes['Platform']>, ParentType, ContextType>;
};

export type SubjectResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['Subject'] = ResolversParentTypes['Subject']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  uscc?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  type?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  foundedOn?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  registeredCapital?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  businessScope?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  address?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  region?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  provisional?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SubjectEdgeResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['SubjectEdge'] = ResolversParentTypes['SubjectEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Subject'], ParentType, ContextType>;
};

export type SubjectConnectionResolvers<ContextType = GraphqlContext, ParentType extends ResolversParentTypes['SubjectConnection'] = ResolversParentTypes['SubjectConnection']> = {
  edges?: Resolver<Array<ResolversTypes['SubjectEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type Resolvers<ContextType = GraphqlContext> = {
  Viewer?: ViewerResolvers<ContextType>;
  Account?: AccountResolvers<ContextType>;
  AccountEdge?: AccountEdgeResolvers<ContextType>;
  AccountConnection?: AccountConnectionResolvers<ContextType>;
  AccountPayload?: AccountPayloadResolvers<ContextType>;
  StartSecondFactorPayload?: StartSecondFactorPayloadResolvers<ContextType>;
  ConfirmSecondFactorPayload?: ConfirmSecondFactorPayloadResolvers<ContextType>;
  ChangePasswordPayload?: ChangePasswordPayloadResolvers<ContextType>;
  CreateApiClientPayload?: CreateApiClientPayloadResolvers<ContextType>;
  ApiClient?: ApiClientResolvers<ContextType>;
  ApiClientEdge?: ApiClientEdgeResolvers<ContextType>;
  ApiClientConnection?: ApiClientConnectionResolvers<ContextType>;
  ApiClientPayload?: ApiClientPayloadResolvers<ContextType>;
  AuditEvent?: AuditEventResolvers<ContextType>;
  AuditEventEdge?: AuditEventEdgeResolvers<ContextType>;
  AuditEventConnection?: AuditEventConnectionResolvers<ContextType>;
  Date?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  USCC?: GraphQLScalarType;
  Counts?: GraphQLScalarType;
  Node?: NodeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  UserError?: UserErrorResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  RecordField?: RecordFieldResolvers<ContextType>;
  CreditRecord?: CreditRecordResolvers<ContextType>;
  CreditRecordRevision?: CreditRecordRevisionResolvers<ContextType>;
  PublicationWindow?: PublicationWindowResolvers<ContextType>;
  CreditRecordEdge?: CreditRecordEdgeResolvers<ContextType>;
  CreditRecordConnection?: CreditRecordConnectionResolvers<ContextType>;
  RowCounts?: RowCountsResolvers<ContextType>;
  FeedBatch?: FeedBatchResolvers<ContextType>;
  FeedBatchEdge?: FeedBatchEdgeResolvers<ContextType>;
  FeedBatchConnection?: FeedBatchConnectionResolvers<ContextType>;
  FeedRow?: FeedRowResolvers<ContextType>;
  FeedRowEdge?: FeedRowEdgeResolvers<ContextType>;
  FeedRowConnection?: FeedRowConnectionResolvers<ContextType>;
  ColumnFault?: ColumnFaultResolvers<ContextType>;
  ProblemRow?: ProblemRowResolvers<ContextType>;
  ProblemRowEdge?: ProblemRowEdgeResolvers<ContextType>;
  ProblemRowConnection?: ProblemRowConnectionResolvers<ContextType>;
  SubmittedRow?: SubmittedRowResolvers<ContextType>;
  SubmitCreditRecordsPayload?: SubmitCreditRecordsPayloadResolvers<ContextType>;
  DownloadPayload?: DownloadPayloadResolvers<ContextType>;
  JobRun?: JobRunResolvers<ContextType>;
  JobRunEdge?: JobRunEdgeResolvers<ContextType>;
  JobRunConnection?: JobRunConnectionResolvers<ContextType>;
  Organization?: OrganizationResolvers<ContextType>;
  OrganizationEdge?: OrganizationEdgeResolvers<ContextType>;
  OrganizationConnection?: OrganizationConnectionResolvers<ContextType>;
  SaveOrganizationPayload?: SaveOrganizationPayloadResolvers<ContextType>;
  Platform?: PlatformResolvers<ContextType>;
  OutboxReceipt?: OutboxReceiptResolvers<ContextType>;
  OutboxItem?: OutboxItemResolvers<ContextType>;
  OutboxItemEdge?: OutboxItemEdgeResolvers<ContextType>;
  OutboxItemConnection?: OutboxItemConnectionResolvers<ContextType>;
  ResendOutboxItemPayload?: ResendOutboxItemPayloadResolvers<ContextType>;
  PublicRecord?: PublicRecordResolvers<ContextType>;
  PublicRecordEdge?: PublicRecordEdgeResolvers<ContextType>;
  PublicRecordConnection?: PublicRecordConnectionResolvers<ContextType>;
  Feed?: FeedResolvers<ContextType>;
  Sector?: SectorResolvers<ContextType>;
  PushBoard?: PushBoardResolvers<ContextType>;
  Subject?: SubjectResolvers<ContextType>;
  SubjectEdge?: SubjectEdgeResolvers<ContextType>;
  SubjectConnection?: SubjectConnectionResolvers<ContextType>;
};
