/** Where simulated holders receive their messages. */

export { startInbox, type RunningInbox, type StartInbox } from './inbox.ts';
export { inboxPlugin } from './plugin.ts';
export { newMessages, type NewMessage } from './store.ts';
