import { Alert } from 'antd';
import { Link, useParams } from 'react-router';
import { useQuery } from 'urql';
import { PublicRecordPanel } from '../../features/publication/PublicRecordPanel.tsx';
import { FormerNames } from '../../features/subject/FormerNames.tsx';
import { SubjectChanges } from '../../features/subject/SubjectChanges.tsx';
import { SubjectStatus } from '../../features/subject/SubjectStatus.tsx';
import { SubjectDocument, type RecordKind } from '../../graphql/__generated__/documents.ts';
import { useTitle } from '../../shared/city.ts';
import { Facts, Failure, isMissing, Loading } from '../../shared/components.tsx';
import { formatDate } from '../../shared/format.ts';

/** In the order of a credit report; 双公示 stands even when there is none. */
const GROUPS: readonly {
  readonly name: string;
  readonly kinds: readonly RecordKind[];
  readonly always?: true;
}[] = [
  { name: '行政许可', kinds: ['LICENSE'], always: true },
  { name: '行政处罚', kinds: ['PENALTY'], always: true },
  {
    name: '其他行政管理信息',
    kinds: ['COERCION', 'CONFIRMATION', 'LEVY', 'BENEFIT', 'RULING', 'COMPENSATION', 'REWARD', 'INSPECTION'],
  },
  { name: '荣誉、资质与知识产权', kinds: ['HONOR', 'QUALIFICATION', 'IP'] },
  { name: '信用名单', kinds: ['LISTING'] },
  { name: '信用承诺与合同履约', kinds: ['COMMITMENT', 'CONTRACT'] },
  { name: '信用评价', kinds: ['GRADE', 'POINTS'] },
  { name: '司法裁判执行', kinds: ['JUDGMENT'] },
  {
    name: '其他信用信息',
    kinds: ['ARREARS', 'PAYMENT', 'COMPLAINT', 'PROPERTY', 'REPORT', 'INCIDENT'],
  },
];
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
            {
              label: '登记状态',
              value: <SubjectStatus status={subject.status} since={subject.statusSince} />,
            },
            ...(subject.formerNames.length > 0
              ? [{ label: '曾用名', value: <FormerNames names={subject.formerNames} /> }]
              : []),
            ...(subject.legalRepresentative
              ? [{ label: '法定代表人（经营者）', value: subject.legalRepresentative }]
              : []),
            { label: '企业类型', value: subject.type ?? UNREGISTERED },
            { label: '成立日期', value: formatDate(subject.foundedOn) },
            { label: '注册资本', value: subject.registeredCapital ?? UNREGISTERED },
            { label: '所属地区', value: subject.region ?? UNREGISTERED },
            { label: '注册地址', value: subject.address ?? UNREGISTERED },
            { label: '经营范围', value: subject.businessScope ?? UNREGISTERED },
          ]}
        />
      </section>
      <SubjectChanges key={`${uscc} changes`} uscc={subject.uscc} />
      {GROUPS.map(({ name, kinds, always }) => (
        <PublicRecordPanel
          key={`${uscc} ${name}`}
          title={name}
          filter={{ uscc: subject.uscc, kinds: [...kinds] }}
          pageSize={10}
          withFeed={kinds.length > 1 || !always}
          {...(always ? { empty: `没有正在公示的${name}信息。` } : {})}
        />
      ))}
    </>
  );
}
