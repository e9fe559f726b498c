import { createStore } from '../../shared/store.ts';

/** Unread notices as this page knows them last: reading some is seen in the menu at once. */
export const unreadNotices = createStore<number | undefined>(undefined);
