import { ConfigProvider } from 'antd';
import zhCN from 'antd/locale/zh_CN';
import { RouterProvider } from 'react-router';
import { Provider } from 'urql';
import { ViewerProvider } from './features/account/viewer.tsx';
import { client } from './graphql/client.ts';
import { router } from './routes.tsx';

const theme = {
  token: {
    fontFamily: 'var(--font)',
    borderRadius: 3,
    colorPrimary: '#1f5fa8',
    colorLink: '#1f5fa8',
    fontSize: 14,
  },
};

export function App() {
  return (
    <ConfigProvider locale={zhCN} theme={theme} button={{ autoInsertSpace: false }}>
      <Provider value={client}>
        <ViewerProvider>
          <RouterProvider router={router} />
        </ViewerProvider>
      </Provider>
    </ConfigProvider>
  );
}
