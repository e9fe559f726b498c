import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const BIN = fileURLToPath(new URL('../../../bin/credit.js', import.meta.url));

function credit(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('credit', () => {
  it('due prints one date', () => {
    expect(credit('due', '2023-09-27', '--days', '7')).to.deep.equal({
      status: 0,
      stdout: '2023-10-12\n',
      stderr: '',
    });
  });

  it('due warns on the error stream when the year is not announced', () => {
    const { status, stdout, stderr } = credit('due', '2030-01-01');
    expect({ status, stdout }).to.deep.equal({ status: 0, stdout: '2030-01-10\n' });
    expect(stderr).to.include('暂定');
  });

  for (const args of [
    ['due'],
    ['due', '2023-02-30'],
    ['due', '2023-02-01', '--days', '-1'],
    ['due', '2023-02-01', '--x'],
    ['check-uscc'],
    ['constructor'],
    [],
  ]) {
    it(`answers wrong use with exit code 2 and no stack: credit ${args.join(' ')}`, () => {
      const { status, stderr } = credit(...args);
      expect(status).to.equal(2);
      expect(stderr).not.to.match(/\n\s+at /);
    });
  }

  it('check-uscc prints one line per code and fails when any fails', () => {
    const { status, stdout } = credit('check-uscc', '914403001922038216', '91310000132212144D');
    expect(status).to.equal(1);
    expect(stdout).to.equal('914403001922038216 ok\n91310000132212144D USCC_CHECK 校验码不正确\n');
  });
});
