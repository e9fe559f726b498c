import { useQuery } from 'urql';
import { PublicRecordsDocument, type PublicRecordFilter } from '../../graphql/__generated__/documents.ts';
import { PublicRecordTable } from './PublicRecordTable.tsx';

/** Public records of one group under a title. Without `empty` there is no panel where there are none. */
export function PublicRecordPanel(props: {
  title: string;
  filter: PublicRecordFilter;
  pageSize: number;
  withFeed: boolean;
  empty?: string;
}) {
  const { title, filter, pageSize, withFeed, empty } = props;
  const [{ data }] = useQuery({
    query: PublicRecordsDocument,
    variables: { filter, first: pageSize, after: null },
    pause: empty !== undefined,
  });
  if (empty === undefined && !data?.publicRecords.edges.length) return null;
  return (
    <section className="panel">
      <h2>{title}</h2>
      <PublicRecordTable
        caption={title}
        filter={filter}
        pageSize={pageSize}
        withCounterpart={false}
        withFeed={withFeed}
        empty={empty ?? `没有正在公示的${title}。`}
      />
    </section>
  );
}
