import { expect } from 'chai';
import fc from 'fast-check';
import {
  isCandidate,
  judgeFiles,
  staleMarks,
  type SeenFile,
  type WatchedFile,
} from '../../../../../server/modules/collection/folder/complete.ts';

const QUIET = 60;
const START = new Date('2026-03-02T02:00:00Z');
const after = (seconds: number): Date => new Date(START.getTime() + seconds * 1000);
const file = (name: string, size = 100, modified = 1000): SeenFile => ({ name, size, modified });
const names = (files: readonly SeenFile[]): string[] => files.map(({ name }) => name);

describe('complete files of a watched folder', () => {
  const look = (files: readonly SeenFile[], watched: readonly WatchedFile[], at: Date) =>
    judgeFiles(files, watched, at, QUIET);

  it('a file is complete once it has been the same for the quiet time', () => {
    const first = look([file('a.csv')], [], START);
    expect(first.complete).to.deep.equal([]);
    expect(look([file('a.csv')], first.watched, after(59)).complete).to.deep.equal([]);
    expect(names(look([file('a.csv')], first.watched, after(60)).complete)).to.deep.equal(['a.csv']);
  });

  for (const [what, changed] of [
    ['size', file('a.csv', 101)],
    ['time of change', file('a.csv', 100, 1001)],
  ] as const) {
    it(`waits anew when its ${what} changes`, () => {
      const first = look([file('a.csv')], [], START);
      const second = look([changed], first.watched, after(61));
      expect(second.complete).to.deep.equal([]);
      expect(names(look([changed], second.watched, after(121)).complete)).to.deep.equal(['a.csv']);
    });
  }

  it('an old time of change proves nothing: copies keep it while they grow', () => {
    expect(look([file('a.csv', 100, 1)], [], START).complete).to.deep.equal([]);
  });

  it('a mark beside it says so at once, unless it is older than the file', () => {
    for (const mark of ['a.csv.ok', 'a.csv.done']) {
      expect(names(look([file('a.csv'), file(mark, 0, 1000)], [], START).complete)).to.deep.equal(['a.csv']);
      expect(look([file('a.csv', 100, 2000), file(mark, 0, 1999)], [], START).complete).to.deep.equal([]);
    }
    expect(look([file('a.csv'), file('b.csv.ok', 0, 9000)], [], START).complete).to.deep.equal([]);
  });

  it('takes the oldest first, and with no quiet time at once', () => {
    const files = [file('b', 1, 30), file('c', 1, 10), file('a', 1, 30)];
    expect(names(judgeFiles(files, [], START, 0).complete)).to.deep.equal(['c', 'a', 'b']);
  });

  for (const name of [
    '.a.csv',
    'a.csv.part',
    'a.csv.PART',
    'a.tmp',
    '~$a.xlsx',
    'a.csv.filepart',
    'a.csv.ok',
    'a.done',
  ]) {
    it(`leaves ${name} alone`, () => {
      expect(isCandidate(name)).to.equal(false);
    });
  }

  it('sweeps marks whose file is gone, after an hour', () => {
    const files = [file('a.csv.ok', 0, START.getTime()), file('b.csv'), file('b.csv.ok', 0, 0)];
    expect(staleMarks(files, after(3600))).to.deep.equal([]);
    expect(staleMarks(files, after(3601))).to.deep.equal(['a.csv.ok']);
  });

  it('never takes a file that changed within the quiet time, however it is looked at', () => {
    const step = fc.record({ seconds: fc.integer({ min: 1, max: 90 }), grows: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        let watched: readonly WatchedFile[] = [];
        let [now, size, changedAt] = [0, 1, 0];
        for (const { seconds, grows } of steps) {
          now += seconds;
          if (grows) {
            size += 1;
            changedAt = now;
          }
          const seen = look([file('a.csv', size)], watched, after(now));
          watched = seen.watched;
          if (seen.complete.length > 0 && now - changedAt < QUIET) return false;
        }
        return true;
      }),
    );
  });
});
