import { ConfigProvider } from 'antd';
import zhCN from 'antd/locale/zh_CN';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { useEffect } from 'react';
import { RouterProvider } from 'react-router';
import { Provider } from 'urql';
import { client } from './graphql/client.ts';
import { router } from './routes.tsx';
import { refreshSession } from './shared/session.ts';

dayjs.locale('zh-cn');

export function App() {
  useEffect(() => void refreshSession(), []);
  return (
    <ConfigProvider
      locale={zhCN}
      theme={{ token: { fontFamily: 'var(--font)', borderRadius: 4, colorPrimary: '#b3261e', fontSize: 14 } }}
    >
      <Provider value={client}>
        <RouterProvider router={router} />
      </Provider>
    </ConfigProvider>
  );
}
