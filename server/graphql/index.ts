export { createGraphqlDoor, type GraphqlDoor } from './server.ts';
export { batchKey } from './resolvers/feed.ts';
