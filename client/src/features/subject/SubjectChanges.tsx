import { useQuery } from 'urql';
import { SubjectChangesDocument, type SubjectChangeKind } from '../../graphql/__generated__/documents.ts';
import { Failure, Pager } from '../../shared/components.tsx';
import { formatDate } from '../../shared/format.ts';
import { usePages } from '../../shared/use-pages.ts';

const PAGE_SIZE = 10;
const KINDS: Readonly<Record<SubjectChangeKind, string>> = {
  NAME: '名称',
  STATUS: '登记状态',
  REPRESENTATIVE: '法定代表人（经营者）',
  TYPE: '企业类型',
  CAPITAL: '注册资本',
  ADDRESS: '住所',
  SCOPE: '经营范围',
};

/** 变更记录 of a subject; nothing where nothing changed. */
export function SubjectChanges({ uscc }: { uscc: string }) {
  const pages = usePages();
  const [{ data, error }, refetch] = useQuery({
    query: SubjectChangesDocument,
    variables: { uscc, first: PAGE_SIZE, after: pages.after },
  });
  const changes = data?.subject?.changes;
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!changes || (changes.edges.length === 0 && pages.number === 1)) return null;
  return (
    <section className="panel">
      <h2>变更记录</h2>
      <ul className="results" aria-label="变更记录">
        {changes.edges.map(({ cursor, node: { kind, day, before, after } }) => (
          <li key={cursor}>
            <h3>{KINDS[kind]}变更</h3>
            <p>
              <span>核准日期：{formatDate(day)}</span>
              <span>变更前：{before}</span>
              <span>变更后：{after}</span>
            </p>
          </li>
        ))}
      </ul>
      <Pager pages={pages} pageInfo={changes.pageInfo} />
    </section>
  );
}
