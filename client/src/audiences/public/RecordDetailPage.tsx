import { Link, useParams } from 'react-router';
import { useQuery } from 'urql';
import { PublicRecordDocument } from '../../graphql/__generated__/documents.ts';
import { useTitle } from '../../shared/city.ts';
import { Facts, Failure, isMissing, Loading } from '../../shared/components.tsx';
import { formatDate, formatField, kindText } from '../../shared/format.ts';

export function RecordDetailPage() {
  const { id = '' } = useParams();
  const [{ data, error, fetching }, refetch] = useQuery({ query: PublicRecordDocument, variables: { id } });
  const record = data?.node?.__typename === 'PublicRecord' ? data.node : undefined;
  useTitle(record?.documentNumber ?? '公示信息');

  if (fetching) return <Loading />;
  if (error && !isMissing(error)) return <Failure error={error} onRetry={refetch} />;
  if (!record) {
    return (
      <section className="panel">
        <h1>没有这条公示信息</h1>
        <p>
          公示期可能已满，或信息已经撤下。<Link to="/">返回信用查询</Link>
        </p>
      </section>
    );
  }
  return (
    <article className="panel">
      <h1>
        {kindText(record.kind)}：{record.documentNumber}
      </h1>
      <p className="quiet">
        公示期：{formatDate(record.shownFrom)} 至 {formatDate(record.shownUntil)}
        {record.uscc && (
          <>
            {' · '}
            <Link to={`/subject/${record.uscc}`}>{record.counterpartName}的全部公示信息</Link>
          </>
        )}
      </p>
      <Facts
        items={record.fields.map(({ name, value }) => ({ label: name, value: formatField(name, value) }))}
      />
    </article>
  );
}
