import { checkUscc, type UsccFault } from '../lib/uscc.ts';
import { UsageError, type Command } from './command.ts';

const MESSAGE: Readonly<Record<UsccFault, string>> = {
  USCC_LENGTH: '统一社会信用代码应为18位',
  USCC_CHARACTER: '含有代码字符集以外的字符（不使用 I、O、S、V、Z）',
  USCC_REGION: '第3至8位应为六位数字的行政区划码',
  USCC_CHECK: '校验码不正确',
};

export const checkUsccCommand: Command = {
  usage: 'check-uscc <code…>',
  run: async (args) => {
    if (args.length === 0) throw new UsageError('请给出至少一个统一社会信用代码');
    let failed = false;
    for (const code of args) {
      const result = checkUscc(code);
      if (!result.ok) failed = true;
      console.log(result.ok ? `${code} ok` : `${code} ${result.fault} ${MESSAGE[result.fault]}`);
    }
    return failed ? 1 : 0;
  },
};
