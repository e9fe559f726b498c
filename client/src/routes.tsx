import { createBrowserRouter, Navigate, Outlet, useLocation } from 'react-router';
import { RouteFailure } from './layouts/RouteFailure.tsx';
import { Layout } from './layouts/Layout.tsx';
import { Loading } from './shared/components.tsx';
import { useSession } from './shared/session.ts';

/** Pages behind it need a login; what a person may do there is decided by the server alone. */
function LoggedIn() {
  const session = useSession();
  const location = useLocation();
  if (session === 'unknown') return <Loading />;
  if (session === 'out')
    return <Navigate to={`/login?from=${encodeURIComponent(location.pathname)}`} replace />;
  return <Outlet />;
}

export const router = createBrowserRouter([
  {
    element: <Layout />,
    hydrateFallbackElement: <Loading />,
    children: [
      {
        errorElement: <RouteFailure />,
        children: [
          {
            index: true,
            lazy: async () => ({
              Component: (await import('./audiences/public/RecordSearchPage.tsx')).RecordSearchPage,
            }),
          },
          {
            path: 'subject/:uscc',
            lazy: async () => ({
              Component: (await import('./audiences/public/SubjectPage.tsx')).SubjectPage,
            }),
          },
          {
            path: 'record/:id',
            lazy: async () => ({
              Component: (await import('./audiences/public/RecordDetailPage.tsx')).RecordDetailPage,
            }),
          },
          {
            path: 'login',
            lazy: async () => ({ Component: (await import('./audiences/public/LoginPage.tsx')).LoginPage }),
          },
          {
            element: <LoggedIn />,
            children: [
              {
                path: 'board',
                lazy: async () => ({
                  Component: (await import('./audiences/center/PushBoardPage.tsx')).PushBoardPage,
                }),
              },
              {
                path: 'reconciliation',
                lazy: async () => ({
                  Component: (await import('./audiences/center/ReconciliationPage.tsx')).ReconciliationPage,
                }),
              },
              {
                path: 'quality',
                lazy: async () => ({
                  Component: (await import('./audiences/center/QualityPage.tsx')).QualityPage,
                }),
              },
              {
                path: 'city-sheet',
                lazy: async () => ({
                  Component: (await import('./audiences/center/CitySheetPage.tsx')).CitySheetPage,
                }),
              },
              {
                path: 'supervision',
                lazy: async () => ({
                  Component: (await import('./audiences/center/SupervisionPage.tsx')).SupervisionPage,
                }),
              },
              {
                path: 'reporting',
                lazy: async () => ({
                  Component: (await import('./audiences/agency/ReportingPage.tsx')).ReportingPage,
                }),
              },
              {
                path: 'collection',
                lazy: async () => ({
                  Component: (await import('./audiences/center/CollectionPage.tsx')).CollectionPage,
                }),
              },
              {
                path: 'reference',
                lazy: async () => ({
                  Component: (await import('./audiences/center/ReferencePage.tsx')).ReferencePage,
                }),
              },
              {
                path: 'lists',
                lazy: async () => ({
                  Component: (await import('./audiences/agency/OwnListsPage.tsx')).OwnListsPage,
                }),
              },
              {
                path: 'batches',
                lazy: async () => ({
                  Component: (await import('./audiences/agency/FeedUploadPage.tsx')).FeedUploadPage,
                }),
              },
              {
                path: 'batches/:id',
                lazy: async () => ({
                  Component: (await import('./audiences/agency/FeedBatchPage.tsx')).FeedBatchPage,
                }),
              },
            ],
          },
          {
            path: '*',
            lazy: async () => ({
              Component: (await import('./audiences/public/NotFoundPage.tsx')).NotFoundPage,
            }),
          },
        ],
      },
    ],
  },
]);
