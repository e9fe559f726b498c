export { createGraphqlDoor, type GraphqlDoor, type GraphqlDoorOptions } from './server.ts';
export { batchKey } from './resolvers/feed.ts';
