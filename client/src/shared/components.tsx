import { Alert, Spin } from 'antd';
import type { CombinedError } from 'urql';

export function Loading() {
  return <Spin style={{ display: 'block', margin: '48px auto' }} />;
}

/** What the server says when it has words for it, else that it cannot be reached. */
export function Failure({ error }: { error: CombinedError }) {
  const said = error.graphQLErrors[0]?.message;
  return (
    <Alert
      type="error"
      showIcon
      title={said ?? '无法连接服务器，请检查网络后重试'}
      style={{ marginBottom: 16 }}
    />
  );
}
