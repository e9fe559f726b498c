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
