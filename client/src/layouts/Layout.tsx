import { Badge, Button } from 'antd';
import { Link, NavLink, Outlet, ScrollRestoration } from 'react-router';
import { useQuery } from 'urql';
import { useViewer } from '../features/account/viewer.tsx';
import { unreadNotices } from '../features/quality/unread.ts';
import { UnreadNoticesDocument } from '../graphql/__generated__/documents.ts';
import { siteName, useCity } from '../shared/city.ts';
import { logout, useSession } from '../shared/session.ts';

export function Layout() {
  const { cityName, demo } = useCity();
  return (
    <>
      <a className="skip" href="#content">
        跳到正文
      </a>
      <header className="topbar">
        <div className="topbar-inner">
          <Link className="site" to="/">
            {siteName(cityName)}
          </Link>
          <Navigation />
          <Account />
        </div>
      </header>
      {demo && (
        <p className="demo" role="note">
          演示数据：企业、文书和数字均为虚构。
        </p>
      )}
      <main className="page" id="content" tabIndex={-1}>
        <Outlet />
      </main>
      <footer className="footer">
        公示期限以国家有关规定为准。对公示内容有异议的，可向作出决定的机关或信用中心提出。
      </footer>
      <ScrollRestoration />
    </>
  );
}

function Navigation() {
  const viewer = useViewer();
  return (
    <nav aria-label="主导航">
      <NavLink to="/" end>
        信用查询
      </NavLink>
      {viewer?.can('outbox:read') && <NavLink to="/board">推送看板</NavLink>}
      {viewer?.can('reconciliation:read') && <NavLink to="/reconciliation">对账</NavLink>}
      {viewer?.can('collection:read') && <NavLink to="/collection">数据采集</NavLink>}
      {viewer?.can('feed:read') && <NavLink to="/batches">数据报送</NavLink>}
      {viewer?.can('quality:read-all') && <NavLink to="/quality">数据质量</NavLink>}
      {viewer?.can('quality:manage') && <NavLink to="/supervision">抽查督办</NavLink>}
      {viewer?.can('reference:read') &&
        (viewer.can('reference:propose') || viewer.can('reference:approve') ? (
          <NavLink to="/reference">基础数据</NavLink>
        ) : (
          <NavLink to="/lists">事项清单</NavLink>
        ))}
      {viewer?.can('quality:read') && !viewer.can('quality:read-all') && <OwnReporting />}
    </nav>
  );
}

/** Says how many notices wait. */
function OwnReporting() {
  const [{ data }] = useQuery({ query: UnreadNoticesDocument });
  const unread = unreadNotices.use() ?? data?.unreadNotices ?? 0;
  return (
    <NavLink to="/reporting">
      报送情况
      <Badge count={unread} size="small" offset={[4, -2]} title={`${String(unread)} 条未读通知`} />
    </NavLink>
  );
}

function Account() {
  const session = useSession();
  const viewer = useViewer();
  if (viewer) {
    return (
      <div className="account">
        <span className="who" title={viewer.organization}>
          {viewer.organization ?? viewer.username}
        </span>
        {viewer.organization && <span>{viewer.username}</span>}
        <Button size="small" ghost onClick={() => void logout()}>
          退出
        </Button>
      </div>
    );
  }
  return session === 'out' ? (
    <div className="account">
      <NavLink to="/login">工作人员登录</NavLink>
    </div>
  ) : null;
}
