import type { Forms } from '../runtime/settings/migrate.js';

/** Version 2 has a filter for topics, a form for payloads, and a choice of sessions; before, nothing was chosen. */
export const RECEIVE_ASYNC: Forms = {
  steps: [(settings) => ({ sessions: 'this', topic: '', format: 'auto', ...settings })],
};
