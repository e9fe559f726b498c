import { mongo } from 'mongoose';
import type { Doc } from './format.ts';

/** A command event, reduced to what the format can ask about. */
export interface SeenEvent {
  readonly kind: 'commandStartedEvent' | 'commandSucceededEvent' | 'commandFailedEvent';
  readonly commandName: string;
  readonly databaseName: string | undefined;
  readonly command?: Doc;
  readonly reply?: unknown;
}

/** A command the server refused, for the report. */
export interface Refusal {
  readonly code: number;
  readonly message: string;
}

const NEVER_OBSERVED = new Set(['configureFailPoint', 'hello', 'isMaster', 'ismaster']);

/** The named things of one test case. */
export class Entities {
  private readonly byId = new Map<string, unknown>();
  private readonly clients: mongo.MongoClient[] = [];
  private readonly events = new Map<string, SeenEvent[]>();
  readonly refusals: Refusal[] = [];
  private readonly uri: string;

  constructor(uri: string) {
    this.uri = uri;
  }

  readonly get = (id: string): unknown => {
    if (!this.byId.has(id)) throw new Error(`no entity ${id}`);
    return this.byId.get(id);
  };

  set(id: string, entity: unknown): void {
    this.byId.set(id, entity);
  }

  eventsOf(client: string): readonly SeenEvent[] {
    return this.events.get(client) ?? [];
  }

  /** @throws Error for a kind of entity the runner does not know */
  async create(spec: Doc): Promise<void> {
    const [kind = ''] = Object.keys(spec);
    const body = spec[kind] as Doc;
    const id = String(body['id']);
    switch (kind) {
      case 'client':
        this.set(id, await this.client(id, body));
        break;
      case 'database': {
        const client = this.get(String(body['client'])) as mongo.MongoClient;
        this.set(id, client.db(String(body['databaseName']), options(body['databaseOptions'])));
        break;
      }
      case 'collection': {
        const db = this.get(String(body['database'])) as mongo.Db;
        this.set(id, db.collection(String(body['collectionName']), options(body['collectionOptions'])));
        break;
      }
      case 'session': {
        const client = this.get(String(body['client'])) as mongo.MongoClient;
        this.set(id, client.startSession(sessionOptions(body['sessionOptions'])));
        break;
      }
      default:
        throw new Error(`the runner does not know the entity ${kind}`);
    }
  }

  private async client(id: string, body: Doc): Promise<mongo.MongoClient> {
    const client = new mongo.MongoClient(this.uri, {
      ...(body['uriOptions'] as mongo.MongoClientOptions | undefined),
      monitorCommands: true,
      serverSelectionTimeoutMS: 10_000,
    });
    const seen: SeenEvent[] = [];
    this.events.set(id, seen);
    const wanted = new Set((body['observeEvents'] as string[] | undefined) ?? []);
    const ignored = new Set((body['ignoreCommandMonitoringEvents'] as string[] | undefined) ?? []);
    const note = (event: SeenEvent) => {
      const { kind, commandName } = event;
      if (wanted.has(kind) && !ignored.has(commandName) && !NEVER_OBSERVED.has(commandName)) seen.push(event);
    };
    client.on('commandStarted', ({ commandName, databaseName, command }) =>
      note({ kind: 'commandStartedEvent', commandName, databaseName, command: command as Doc }),
    );
    client.on('commandSucceeded', ({ commandName, databaseName, reply }) => {
      note({ kind: 'commandSucceededEvent', commandName, databaseName, reply });
      for (const error of writeErrorsOf(reply)) this.refuse(error);
    });
    client.on('commandFailed', ({ commandName, databaseName, failure }) => {
      note({ kind: 'commandFailedEvent', commandName, databaseName });
      this.refuse({ code: (failure as { code?: unknown }).code, errmsg: failure.message });
    });
    this.clients.push(client);
    await client.connect();
    return client;
  }

  private refuse({ code, errmsg }: Doc): void {
    if (typeof code === 'number') this.refusals.push({ code, message: String(errmsg) });
  }

  async close(): Promise<void> {
    for (const entity of this.byId.values())
      if (entity instanceof mongo.ClientSession) await entity.endSession();
    await Promise.all(this.clients.map((client) => client.close()));
  }
}

function writeErrorsOf(reply: unknown): Doc[] {
  const errors = (reply as Doc | undefined)?.['writeErrors'];
  return Array.isArray(errors) ? (errors as Doc[]) : [];
}

/** The format's options as the driver takes them. */
export function options(spec: unknown): Doc {
  const { readPreference, readConcern, writeConcern, ...rest } = (spec ?? {}) as Doc;
  const preference = readPreference as
    { mode: string; tagSets?: mongo.TagSet[]; maxStalenessSeconds?: number } | undefined;
  return {
    ...rest,
    ...(readConcern === undefined ? {} : { readConcern }),
    ...(writeConcern === undefined ? {} : { writeConcern: writeConcernOf(writeConcern as Doc) }),
    ...(preference === undefined
      ? {}
      : {
          readPreference: new mongo.ReadPreference(modeOf(preference.mode), preference.tagSets, {
            ...(preference.maxStalenessSeconds === undefined
              ? {}
              : { maxStalenessSeconds: preference.maxStalenessSeconds }),
          }),
        }),
  };
}

const modeOf = (mode: string): mongo.ReadPreferenceMode =>
  (mode.charAt(0).toLowerCase() + mode.slice(1)) as mongo.ReadPreferenceMode;

function writeConcernOf(spec: Doc): mongo.WriteConcern {
  return mongo.WriteConcern.fromOptions({ writeConcern: spec }) ?? new mongo.WriteConcern();
}

function sessionOptions(spec: unknown): mongo.ClientSessionOptions {
  const { defaultTransactionOptions, ...rest } = (spec ?? {}) as Doc;
  return {
    ...rest,
    ...(defaultTransactionOptions === undefined
      ? {}
      : { defaultTransactionOptions: options(defaultTransactionOptions) }),
  };
}
