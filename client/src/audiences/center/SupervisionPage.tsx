import { useState } from 'react';
import { CheckList } from '../../features/quality/CheckList.tsx';
import { OrderForm } from '../../features/quality/OrderForm.tsx';
import { OrderList } from '../../features/quality/OrderList.tsx';
import { useTitle } from '../../shared/city.ts';

/** Spot checks and supervision orders of the centre. */
export function SupervisionPage() {
  useTitle('抽查督办');
  const [issued, setIssued] = useState(0);
  return (
    <>
      <h1>抽查督办</h1>
      <section className="panel">
        <h2>抽查</h2>
        <CheckList />
      </section>
      <section className="panel">
        <h2>督办单</h2>
        <OrderForm onIssued={() => setIssued(issued + 1)} />
        <OrderList key={issued} />
      </section>
    </>
  );
}
