import { Button } from 'antd';
import { useMutation, useQuery } from 'urql';
import {
  MarkNoticesReadDocument,
  NoticesDocument,
  type NoticesQuery,
} from '../../graphql/__generated__/documents.ts';
import { Failure, Loading, Nothing, Pager, Tag } from '../../shared/components.tsx';
import { formatInstant } from '../../shared/format.ts';
import { usePages } from '../../shared/use-pages.ts';
import { FeedName } from '../feed/feeds.tsx';
import { periodText } from './periods.ts';
import { unreadNotices } from './unread.ts';

type Item = NoticesQuery['notices']['edges'][number]['node'];

function Text({ kind, params }: Item) {
  const {
    feed = '',
    period = '',
    dueOn = '',
    order = '',
  } = Object.fromEntries(params.map(({ name, value }) => [name, value]));
  const what = (
    <>
      “<FeedName path={feed} />”{period && periodText(period)}
    </>
  );
  switch (kind) {
    case 'DUE_SOON':
      return (
        <>
          {what}即将到期，请于 {dueOn} 前报送数据或零报告。
        </>
      );
    case 'OVERDUE':
      return (
        <>
          {what}已逾期（应于 {dueOn} 前报送），请尽快报送。
        </>
      );
    case 'GAP':
      return <>{what}已记为漏报，补报后自动销号。</>;
    case 'ORDER_ISSUED':
      return (
        <>
          收到督办单 {order}，请于 {dueOn} 前回复。
        </>
      );
    case 'ORDER_RETURNED':
      return (
        <>
          督办单 {order} 的回复被退回，请于 {dueOn} 前重新回复。
        </>
      );
    default:
      return <>督办单 {order} 已办结。</>;
  }
}

/** Notices to the viewer's organization, unread ones first. */
export function NoticeList() {
  const pages = usePages();
  const [{ data, error }, refetch] = useQuery({
    query: NoticesDocument,
    variables: { first: 10, after: pages.after },
  });
  const [{ fetching }, mark] = useMutation(MarkNoticesReadDocument);
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <Loading />;
  const notices = data.notices.edges.map(({ node }) => node);
  if (notices.length === 0) return <Nothing>没有通知。</Nothing>;
  const unread = notices.filter(({ read }) => !read).map(({ id }) => id);
  const markAll = async () => {
    const { data: answer } = await mark({ ids: unread });
    unreadNotices.set(answer?.markNoticesRead.unread ?? undefined);
    refetch({ requestPolicy: 'network-only' });
  };
  return (
    <>
      <ul className="results">
        {notices.map((notice) => (
          <li key={notice.id}>
            {notice.read ? <Tag tone="plain">已读</Tag> : <Tag tone="busy">未读</Tag>} <Text {...notice} />
            <p>{formatInstant(notice.at)}</p>
          </li>
        ))}
      </ul>
      {unread.length > 0 && (
        <Button size="small" loading={fetching} onClick={() => void markAll()}>
          本页标为已读
        </Button>
      )}
      <Pager pages={pages} pageInfo={data.notices.pageInfo} />
    </>
  );
}
