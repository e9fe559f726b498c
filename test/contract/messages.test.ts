import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { loadMessages } from '../../server/lib/messages.ts';

const SERVER = fileURLToPath(new URL('../../server', import.meta.url));
/** Kept in attempts and logs, never shown: they need no text. */
const HIDDEN = /^Upstream/;

/** Codes that stand as plain text in the call that makes an error; what is computed is its module's own test. */
function thrownCodes(text: string): string[] {
  const calls = text.matchAll(/new (\w+)Error\(\s*(?:\[[^\]]*\]\s*,\s*)?'([A-Z][A-Z0-9_]+)'/g);
  return [...calls].filter(([, kind]) => !HIDDEN.test(kind ?? '')).map(([, , code]) => code ?? '');
}

describe('messages', () => {
  it('have a Chinese text for every code that is thrown', () => {
    const texts = loadMessages();
    const missing = new Set<string>();
    let found = 0;
    for (const file of readdirSync(SERVER, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      for (const code of thrownCodes(readFileSync(join(SERVER, file), 'utf8'))) {
        found += 1;
        if (!texts.has(code)) missing.add(`${code} (${file})`);
      }
    }
    expect(found).to.be.greaterThan(50);
    expect([...missing]).to.deep.equal([]);
  });

  it('are Chinese', () => {
    const odd = [...loadMessages()].filter(([, text]) => !/[\u4e00-\u9fff]/.test(text));
    expect(odd).to.deep.equal([]);
  });
});
