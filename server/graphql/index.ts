export { keyOfArgument } from './global-id.ts';
export { createGraphqlDoor, type GraphqlDoor } from './server.ts';
export { batchKey } from './resolvers/feed.ts';
