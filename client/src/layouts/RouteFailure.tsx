import { Button } from 'antd';

/** A page that could not be loaded, most often because a newer version of the site took its place. */
export function RouteFailure() {
  return (
    <section className="panel" role="alert">
      <h1>页面加载失败</h1>
      <p>网络中断，或系统刚刚升级。请刷新页面；仍不能打开的，请联系信用中心。</p>
      <Button type="primary" onClick={() => location.reload()}>
        刷新页面
      </Button>
    </section>
  );
}
