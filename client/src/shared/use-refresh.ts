import { useEffect, useEffectEvent } from 'react';

/** Calls `refresh` again and again while the page is looked at, and at once when somebody comes back to it. */
export function useRefresh(refresh: () => void, everyMs: number, active = true): void {
  const call = useEffectEvent(() => {
    if (document.visibilityState === 'visible') refresh();
  });
  useEffect(() => {
    if (!active) return undefined;
    const timer = setInterval(() => call(), everyMs);
    const onReturn = () => call();
    document.addEventListener('visibilitychange', onReturn);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onReturn);
    };
  }, [everyMs, active]);
}
