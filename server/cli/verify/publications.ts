import { contentHash } from '../../lib/content-hash.ts';
import type { AppContext } from '../../context.ts';
import type { RecordContents } from '../../modules/credit-record/index.ts';
import type { PublicationDoc } from '../../modules/publication/index.ts';
import { Faults, type CheckRun } from './check.ts';
import { PAGE, pagesOf, Walk } from './pages.ts';

function sameText(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

function same(expected: PublicationDoc, stored: PublicationDoc): boolean {
  const { fields, _id: _expectedId, ...rest } = expected;
  const { fields: shown, _id: _storedId, ...others } = stored;
  return sameText(fields, shown) && contentHash(rest) === contentHash(others);
}

function faultOf(
  app: AppContext,
  contents: RecordContents,
  stored: PublicationDoc | undefined,
): string | undefined {
  const expected = app.publications.copyOf(contents);
  if (!expected) return stored ? 'is shown and must not be' : undefined;
  if (!stored) return 'is not shown';
  return same(expected, stored) ? undefined : 'is shown otherwise than it is';
}

/** Looks again, alone: a record may have changed between the reading of it and of its copy. */
async function recheck(app: AppContext, id: string): Promise<string | undefined> {
  const before = (BigInt(`0x${id}`) - 1n).toString(16).padStart(24, '0');
  const [contents] = await app.creditRecords.contentsAfter(before, 1);
  const [stored] = await app.publications.stored(before, id, 1);
  if (contents?.change.recordId === id) return faultOf(app, contents, stored);
  return stored ? 'is shown and is not stored' : undefined;
}

/** The public copy of each record is what the rules make of its current revision, and there is no other. */
export const publications: CheckRun = {
  name: 'publications',
  async run(app, onProgress) {
    const faults = new Faults();
    const suspect = async (id: string): Promise<void> => {
      const fault = await recheck(app, id);
      if (fault !== undefined) faults.add(`record ${id} ${fault}`);
    };
    let checked = 0;
    const shown = new Walk(
      pagesOf<PublicationDoc>((before) =>
        app.publications.stored(before?._id.toHexString(), undefined, PAGE),
      ),
    );
    const idAtHand = async (): Promise<string | undefined> => (await shown.peek())?._id.toHexString();
    const records = pagesOf<RecordContents>((before) =>
      app.creditRecords.contentsAfter(before?.change.recordId, PAGE),
    );
    for await (const page of records) {
      for (const contents of page) {
        const { recordId } = contents.change;
        let stored = await shown.peek();
        while (stored && stored._id.toHexString() < recordId) {
          await suspect(stored._id.toHexString());
          shown.skip();
          stored = await shown.peek();
        }
        const own = stored?._id.toHexString() === recordId ? stored : undefined;
        if (own) shown.skip();
        if (faultOf(app, contents, own) !== undefined) await suspect(recordId);
      }
      checked += page.length;
      onProgress(checked);
    }
    for (let id = await idAtHand(); id !== undefined; id = await idAtHand()) {
      await suspect(id);
      shown.skip();
    }
    return [{ name: 'publications', checked, faults: faults.list() }];
  },
};
