import { expect } from 'chai';
import { metFormerName } from '../../../../client/src/features/subject/former-name.ts';

const subject = {
  name: '示例新名有限公司',
  formerNames: [{ name: '示例旧名（A）店' }, { name: '示例更早店' }],
};

describe('the former name that a search met', () => {
  it('is told where the present name was not met, however it is written', () => {
    expect(metFormerName('旧名(ａ)', subject)).to.equal('示例旧名（A）店');
    expect(metFormerName('更早', subject)).to.equal('示例更早店');
  });

  it('is none where the present name was met, or a code', () => {
    expect(metFormerName('示例', subject)).to.equal(undefined);
    expect(metFormerName('91620300', subject)).to.equal(undefined);
  });
});
