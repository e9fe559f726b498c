import { formatDate } from '../../shared/format.ts';
import { Tag, type Tone } from '../../shared/components.tsx';

const TONES: Readonly<Record<string, Tone>> = {
  存续: 'good',
  吊销未注销: 'bad',
  吊销已注销: 'bad',
  注销: 'plain',
  撤销: 'plain',
  迁出: 'warn',
};

/** State in the register 登记状态, with the day it came into it. */
export function SubjectStatus({ status, since }: { status: string; since?: string | null | undefined }) {
  return (
    <>
      <Tag tone={TONES[status] ?? 'warn'}>{status}</Tag>
      {since && <span>（{formatDate(since)}）</span>}
    </>
  );
}
