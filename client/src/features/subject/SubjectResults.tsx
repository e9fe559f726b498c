import { Link } from 'react-router';
import { useQuery } from 'urql';
import { SearchSubjectsDocument } from '../../graphql/__generated__/documents.ts';
import { Failure, Loading, Nothing, Pager, Tag } from '../../shared/components.tsx';
import { usePages } from '../../shared/use-pages.ts';
import { metFormerName } from './former-name.ts';
import { SubjectStatus } from './SubjectStatus.tsx';

const PAGE_SIZE = 20;

/** Subjects that a code or a part of a name leads to. */
export function SubjectResults({ text }: { text: string }) {
  const pages = usePages();
  const [{ data, error, fetching }, refetch] = useQuery({
    query: SearchSubjectsDocument,
    variables: { text, first: PAGE_SIZE, after: pages.after },
  });
  if (fetching) return <Loading />;
  if (error) return <Failure error={error} onRetry={refetch} />;
  const edges = data?.searchSubjects.edges ?? [];
  const pageInfo = data?.searchSubjects.pageInfo;
  if (edges.length === 0 && !pageInfo?.hasNextPage && pages.number === 1) {
    return <Nothing>没有找到与“{text}”相符的信用主体，请核对名称或统一社会信用代码。</Nothing>;
  }
  return (
    <>
      <ul className="results">
        {edges.map(({ node }) => {
          const former = metFormerName(text, node);
          return (
            <li key={node.id}>
              <h3>
                <Link to={`/subject/${node.uscc}`}>{node.name}</Link>
                {node.provisional ? <Tag tone="plain">未登记</Tag> : <SubjectStatus status={node.status} />}
              </h3>
              <p>
                {former !== undefined && <span>曾用名：{former}</span>}
                <span>统一社会信用代码：{node.uscc}</span>
                {node.type && <span>{node.type}</span>}
                {node.address && <span>{node.address}</span>}
              </p>
            </li>
          );
        })}
      </ul>
      {edges.length === 0 && <p className="quiet">本页没有相符的主体，请继续查看下一页。</p>}
      <Pager pages={pages} pageInfo={pageInfo} />
    </>
  );
}
