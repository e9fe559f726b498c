import { Button } from 'antd';
import { NavLink, Outlet, useNavigate } from 'react-router';
import { useViewer } from '../features/account/use-viewer.ts';
import { logout } from '../shared/session.ts';

export function Layout() {
  const viewer = useViewer();
  const navigate = useNavigate();
  return (
    <>
      <header className="topbar">
        <h1>信用信息共享平台</h1>
        <nav>
          <NavLink to="/" end>
            信用查询
          </NavLink>
          {viewer?.permissions.includes('outbox:read') && <NavLink to="/board">推送看板</NavLink>}
          {viewer?.permissions.includes('feed:read') && <NavLink to="/batches">数据报送</NavLink>}
        </nav>
        {viewer ? (
          <span>
            <span className="quiet">
              {viewer.organization ? `${viewer.organization} · ` : ''}
              {viewer.username}
            </span>{' '}
            <Button size="small" onClick={() => void logout().then(() => navigate('/'))}>
              退出
            </Button>
          </span>
        ) : (
          <NavLink to="/login">登录</NavLink>
        )}
      </header>
      <main className="page">
        <Outlet />
      </main>
      <footer className="footer">
        公示期以国家有关规定为准；对公示内容有异议的，可向作出决定的机关或信用中心提出。
      </footer>
    </>
  );
}
