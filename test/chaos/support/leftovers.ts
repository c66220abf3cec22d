import type { Store } from '../../../lib/store/store';
import { afterPrefix } from '../../../lib/store/table';

/** Tables that are empty when nothing is under way. */
const TABLES = [
  'outbox',
  'outbox-plaintext',
  'outbox-envelope',
  'inbox',
  'inbox-content',
  'unannounced',
  'unannounced-overdue',
  'owed-receipt',
  'owed-delete',
  'vault-dead',
];

/** Those of them that are not empty. */
export function leftoversOf(store: Pick<Store, 'range'>): string[] {
  return TABLES.filter((table) => {
    const gte = Buffer.from(`${table}/`);
    return [...store.range({ gte, lt: afterPrefix(gte), limit: 1 })].length > 0;
  });
}
