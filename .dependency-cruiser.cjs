// Layer rules of docs/architecture.md. A module may import another one only through its index.ts, and only one that
// stands before it in this order.
const MODULES = [
  'audit',
  'job',
  'organization',
  'account',
  'template',
  'reference',
  'sector',
  'subject',
  'quality-counters',
  'credit-record',
  'publication',
  'outbox',
  'reconciliation',
  'feed',
  'collection',
  'quality',
  'thread',
];

const later = (module) => MODULES.slice(MODULES.indexOf(module) + 1);

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'lib-stands-alone',
      severity: 'error',
      comment: 'server/lib is the bottom layer: node and npm packages only',
      from: { path: '^server/lib/' },
      to: { path: '^(server/(?!lib/)|jobs/|client/|test/)' },
    },
    {
      name: 'db-on-lib',
      severity: 'error',
      from: { path: '^server/db/' },
      to: { path: '^(server/(?!lib/|db/)|jobs/|client/)' },
    },
    {
      name: 'embedded-has-one-door',
      severity: 'error',
      from: { path: '^(server|jobs)/', pathNot: '^server/db/embedded/' },
      to: { path: '^server/db/embedded/', pathNot: '^server/db/embedded/index\\.ts$' },
    },
    {
      name: 'embedded-stands-alone',
      severity: 'error',
      from: { path: '^server/db/embedded/' },
      to: { path: '^(server|jobs|client)/', pathNot: '^server/(db/embedded|lib)/' },
    },
    {
      name: 'auth-on-lib-and-db',
      severity: 'error',
      from: { path: '^server/auth/' },
      to: { path: '^(server/(?!lib/|db/|auth/)|jobs/|client/)' },
    },
    {
      name: 'modules-below-the-doors',
      severity: 'error',
      from: { path: '^server/modules/' },
      to: { path: '^(server/(graphql|http|cli|context|app|index|demo)|jobs/|client/)' },
    },
    {
      name: 'modules-through-index',
      severity: 'error',
      from: { path: '^(server|jobs)/', pathNot: '^server/modules/' },
      to: { path: '^server/modules/[^/]+/', pathNot: '^server/modules/[^/]+/(index|[^/]+/index)\\.ts$' },
    },
    ...MODULES.map((name) => ({
      name: `module-order-${name}`,
      severity: 'error',
      from: { path: `^server/modules/${name}/` },
      to: { path: `^server/modules/(${later(name).join('|') || '-'})/` },
    })),
    ...MODULES.map((name) => ({
      name: `module-door-${name}`,
      severity: 'error',
      from: { path: `^server/modules/(?!${name}/)` },
      to: { path: `^server/modules/${name}/`, pathNot: `^server/modules/${name}/index\\.ts$` },
    })),
    {
      name: 'simulator-stands-apart',
      severity: 'error',
      comment: 'the stand-in for a platform shares nothing with the city but server/lib',
      from: { path: '^server/upstream-sim/' },
      to: { path: '^(server/(?!lib/|upstream-sim/)|jobs/|client/)' },
    },
    {
      name: 'simulator-has-one-door',
      severity: 'error',
      from: { path: '^(server|jobs)/', pathNot: '^server/upstream-sim/' },
      to: { path: '^server/upstream-sim/', pathNot: '^server/upstream-sim/index\\.ts$' },
    },
    {
      name: 'modules-know-no-simulator',
      severity: 'error',
      from: { path: '^server/(modules|lib|db|auth)/' },
      to: { path: '^server/upstream-sim/' },
    },
    {
      name: 'jobs-through-services',
      severity: 'error',
      from: { path: '^jobs/' },
      to: { path: '\\.(model|repository|resolvers)\\.ts$' },
    },
    {
      name: 'client-stands-apart',
      severity: 'error',
      from: { path: '^client/' },
      to: { path: '^(server|jobs)/' },
    },
    { name: 'not-to-test', severity: 'error', from: { path: '^(server|jobs)/' }, to: { path: '^test/' } },
    {
      name: 'not-to-dev-dep',
      severity: 'error',
      from: { path: '^(server|jobs)/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
  },
};
