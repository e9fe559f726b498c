import { Button } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { Link, useParams } from 'react-router';
import { useQuery } from 'urql';
import { useViewer } from '../../features/account/viewer.tsx';
import { PublicRecordDocument } from '../../graphql/__generated__/documents.ts';
import { useTitle } from '../../shared/city.ts';
import { Facts, Failure, isMissing, Loading } from '../../shared/components.tsx';
import { formatDate, formatField, kindText, originText } from '../../shared/format.ts';

// Visitors do not load it.
const RecordThread = lazy(async () => ({
  default: (await import('../../features/thread/RecordThread.tsx')).RecordThread,
}));

export function RecordDetailPage() {
  const { id = '' } = useParams();
  const viewer = useViewer();
  const [isOpen, setOpen] = useState(false);
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
        {' · '}来源：{originText(record.origin)}
        {record.uscc && (
          <>
            {' · '}
            <Link to={`/subject/${record.uscc}`}>{record.counterpartName}的全部公示信息</Link>
          </>
        )}
      </p>
      {viewer?.can('feed:read') && (
        <>
          <Button size="small" onClick={() => setOpen(true)}>
            办理过程
          </Button>
          {isOpen && (
            <Suspense fallback={<Loading />}>
              <RecordThread
                recordId={record.id}
                title={record.documentNumber}
                onClose={() => setOpen(false)}
              />
            </Suspense>
          )}
        </>
      )}
      <Facts
        items={record.fields.map(({ name, value }) => ({ label: name, value: formatField(name, value) }))}
      />
    </article>
  );
}
