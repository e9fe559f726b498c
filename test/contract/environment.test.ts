import { readFileSync } from 'node:fs';
import { expect } from 'chai';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('.env.example', () => {
  const { properties } = JSON.parse(read('schema/config/env.json')) as {
    properties: Record<string, { default?: string | number; 'x-secret'?: boolean }>;
  };
  const lines = read('.env.example').split('\n');
  const shown = new Map(
    lines.flatMap((line) => {
      const [, name, value] = /^#? ?([A-Z][A-Z_]+)=(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value ?? ''] as const];
    }),
  );

  it('lists every variable of the contract once, and no other', () => {
    expect([...shown.keys()]).to.have.members(Object.keys(properties));
  });

  it('shows the defaults', () => {
    for (const [name, { default: value }] of Object.entries(properties)) {
      expect(shown.get(name), name).to.equal(value === undefined ? '' : String(value));
    }
  });

  it('has a comment over every variable and no secret', () => {
    lines.forEach((line, place) => {
      if (/^#? ?[A-Z][A-Z_]+=/.test(line)) expect(lines[place - 1], line).to.match(/^# \S/);
    });
  });
});
