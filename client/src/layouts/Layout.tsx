import { Button } from 'antd';
import { Link, NavLink, Outlet, ScrollRestoration } from 'react-router';
import { useViewer } from '../features/account/viewer.tsx';
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
      {viewer?.can('feed:read') && <NavLink to="/batches">数据报送</NavLink>}
    </nav>
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
