import { Alert, Button, Spin } from 'antd';
import type { ReactNode } from 'react';
import type { CombinedError } from 'urql';
import type { Pages } from './use-pages.ts';
import { UNREACHABLE } from './session.ts';

export function Loading() {
  return (
    <div role="status" aria-label="正在加载" className="loading">
      <Spin />
    </div>
  );
}

/** What the server says when it has words for it, else that it cannot be reached. */
export function Failure({ error, onRetry }: { error: CombinedError; onRetry?: () => void }) {
  const said = error.graphQLErrors[0]?.message;
  return (
    <Alert
      type="error"
      showIcon
      title={said ?? UNREACHABLE.message}
      action={
        onRetry && (
          <Button size="small" onClick={onRetry}>
            重试
          </Button>
        )
      }
      style={{ marginBottom: 16 }}
    />
  );
}

const MISSING = new Set(['NOT_FOUND', 'BAD_INPUT', 'BAD_DOCUMENT']);

/** Whether a page's own address names nothing: an id or a code that is not there, or is none at all. */
export function isMissing(error: CombinedError | undefined): boolean {
  return error?.graphQLErrors.some(({ extensions }) => MISSING.has(String(extensions['code']))) ?? false;
}

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'plain';

/** A state in one word. */
export function Tag({ tone, children }: { tone: Tone; children: ReactNode }) {
  return <span className={`tag ${tone}`}>{children}</span>;
}

export function Nothing({ children }: { children: ReactNode }) {
  return <p className="nothing">{children}</p>;
}

/** Forward and back through a list whose end is not known beforehand. */
export function Pager({
  pages,
  pageInfo,
}: {
  pages: Pages;
  pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null } | undefined;
}) {
  const cursor = pageInfo?.hasNextPage ? pageInfo.endCursor : null;
  if (pages.number === 1 && cursor === null) return null;
  return (
    <nav className="pager" aria-label="翻页">
      <Button size="small" disabled={pages.number === 1} onClick={pages.back}>
        上一页
      </Button>
      <span>第 {pages.number} 页</span>
      <Button
        size="small"
        disabled={cursor === null}
        onClick={() => {
          if (cursor !== null) pages.forward(cursor);
        }}
      >
        下一页
      </Button>
    </nav>
  );
}

/** Numbers that matter, each with its name. */
export function Figures({
  items,
}: {
  items: readonly { label: string; value: ReactNode; alert?: boolean }[];
}) {
  return (
    <dl className="figures">
      {items.map(({ label, value, alert }) => (
        <div key={label} className={alert ? 'figure alert' : 'figure'}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A text longer than this takes a whole line. */
const LONG_TEXT = 60;

/** Names and values in two columns; one on a narrow screen. */
export function Facts({ items }: { items: readonly { label: string; value: ReactNode }[] }) {
  return (
    <dl className="facts">
      {items.map(({ label, value }) => (
        <div
          key={label}
          className={typeof value === 'string' && value.length > LONG_TEXT ? 'wide' : undefined}
        >
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
