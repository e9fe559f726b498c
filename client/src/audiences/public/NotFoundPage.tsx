import { Link } from 'react-router';
import { useTitle } from '../../shared/city.ts';

export function NotFoundPage() {
  useTitle('没有这个页面');
  return (
    <section className="panel">
      <h1>没有这个页面</h1>
      <p>
        地址可能有误，或页面已经移走。<Link to="/">返回信用查询</Link>
      </p>
    </section>
  );
}
