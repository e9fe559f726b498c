import { Button, Empty, Input } from 'antd';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useQuery } from 'urql';
import { SearchSubjectsDocument } from '../../graphql/__generated__/documents.ts';
import { Failure, Loading } from '../../shared/components.tsx';
import { subjectState } from '../../shared/format.ts';

const PAGE_SIZE = 20;
const FEWEST_CHARACTERS = 2;

export function RecordSearchPage() {
  const [search, setSearch] = useSearchParams();
  const text = search.get('q') ?? '';
  const [after, setAfter] = useState<string>();
  const [hint, setHint] = useState('');

  const submit = (input: string) => {
    const wanted = input.trim();
    const tooShort = [...wanted].length < FEWEST_CHARACTERS;
    setHint(tooShort ? '请至少输入两个字' : '');
    if (tooShort) return;
    setAfter(undefined);
    setSearch({ q: wanted });
  };

  return (
    <>
      <section className="panel">
        <h2>信用信息查询</h2>
        <Input.Search
          defaultValue={text}
          placeholder="企业名称（任意两个字以上）或统一社会信用代码"
          enterButton="查询"
          size="large"
          maxLength={100}
          allowClear
          status={hint ? 'error' : ''}
          onSearch={submit}
        />
        <p className="quiet" style={{ margin: '8px 0 0' }}>
          {hint || '查询法人、非法人组织和个体工商户的行政许可、行政处罚公示信息。'}
        </p>
      </section>
      {text && <Results text={text} after={after} onNext={setAfter} />}
    </>
  );
}

function Results(props: {
  text: string;
  after: string | undefined;
  onNext: (cursor: string | undefined) => void;
}) {
  const { text, after, onNext } = props;
  const [{ data, error, fetching }] = useQuery({
    query: SearchSubjectsDocument,
    variables: { text, first: PAGE_SIZE, after: after ?? null },
  });
  if (fetching) return <Loading />;
  if (error) return <Failure error={error} />;
  const edges = data?.searchSubjects.edges ?? [];
  const pageInfo = data?.searchSubjects.pageInfo;
  return (
    <section className="panel">
      <h2>查询结果</h2>
      {edges.length === 0 && <Empty description={`没有找到与“${text}”相符的信用主体，请核对名称或代码`} />}
      {edges.map(({ node }) => (
        <div className="result" key={node.uscc}>
          <h3>
            <Link to={`/subject/${node.uscc}`}>{node.name}</Link>
          </h3>
          <span className="quiet mono">
            {node.uscc} · {node.type ?? '类型未登记'} · {subjectState(node.status)}
          </span>
        </div>
      ))}
      <div style={{ marginTop: 12, display: 'flex', gap: 8 }}>
        {after && <Button onClick={() => onNext(undefined)}>回到第一页</Button>}
        {pageInfo?.hasNextPage && (
          <Button onClick={() => onNext(pageInfo.endCursor ?? undefined)}>下一页</Button>
        )}
      </div>
    </section>
  );
}
