import { Result } from 'antd';
import { Link } from 'react-router';

export function NotFoundPage() {
  return <Result status="404" title="没有这个页面" extra={<Link to="/">返回信用查询</Link>} />;
}
