import { Alert } from 'antd';
import { Link, useParams } from 'react-router';
import { useQuery } from 'urql';
import { PublicRecordTable } from '../../features/publication/PublicRecordTable.tsx';
import { SubjectDocument, type RecordKind } from '../../graphql/__generated__/documents.ts';
import { useTitle } from '../../shared/city.ts';
import { Facts, Failure, isMissing, Loading } from '../../shared/components.tsx';
import { formatDate, kindText } from '../../shared/format.ts';

const KINDS: readonly RecordKind[] = ['LICENSE', 'PENALTY'];
const UNREGISTERED = '未登记';

export function SubjectPage() {
  const { uscc = '' } = useParams();
  const [{ data, error, fetching }, refetch] = useQuery({ query: SubjectDocument, variables: { uscc } });
  const subject = data?.subject;
  useTitle(subject?.name ?? '信用主体');

  if (fetching) return <Loading />;
  if (error && !isMissing(error)) return <Failure error={error} onRetry={refetch} />;
  if (!subject) {
    return (
      <section className="panel">
        <h1>没有这个信用主体</h1>
        <p>
          主体库中没有代码为 {uscc} 的主体，请核对后<Link to="/">重新查询</Link>。
        </p>
      </section>
    );
  }
  return (
    <>
      <section className="panel">
        <h1>{subject.name}</h1>
        {subject.provisional && (
          <Alert
            type="warning"
            showIcon
            title="登记信息尚未归集：名称和代码来自行政许可或行政处罚决定。"
            style={{ marginBottom: 12 }}
          />
        )}
        <Facts
          items={[
            { label: '统一社会信用代码', value: subject.uscc },
            { label: '登记状态', value: subject.status },
            { label: '企业类型', value: subject.type ?? UNREGISTERED },
            { label: '成立日期', value: formatDate(subject.foundedOn) },
            { label: '注册资本', value: subject.registeredCapital ?? UNREGISTERED },
            { label: '所属地区', value: subject.region ?? UNREGISTERED },
            { label: '注册地址', value: subject.address ?? UNREGISTERED },
            { label: '经营范围', value: subject.businessScope ?? UNREGISTERED },
          ]}
        />
      </section>
      {KINDS.map((kind) => (
        <section className="panel" key={`${uscc} ${kind}`}>
          <h2>{kindText(kind)}</h2>
          <PublicRecordTable
            caption={kindText(kind)}
            filter={{ uscc: subject.uscc, kind }}
            pageSize={10}
            withCounterpart={false}
            empty={`没有正在公示的${kindText(kind)}信息。`}
          />
        </section>
      ))}
    </>
  );
}
