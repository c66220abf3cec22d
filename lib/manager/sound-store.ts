import { utf8 } from '../bytes';
import { MAIL_PREFIXES } from '../storage/local/mail-records';
import { checkRecords } from '../store/record-check';
import type { Store } from '../store/store';
import type { Logger } from '../types';

/** Records here are names, hints and settings: without one of them everything else goes on. */
export const SPARED_TABLES: readonly string[] = ['friend', 'named-node', 'node', 'node-health', 'preference'];

/** Records that a session reads at its start anyway, thousands of them, and each of which it refuses to go without. */
const READ_LATER = ['held-key', 'issued-key'].map((name) => utf8(`${name}/`));

/**
 * What a session accepted and which keys are spent is in the journals, each of whose records counts: they are whole,
 * or the session does not open. Warns of damage that costs no more than itself.
 * @throws ErrStore
 */
export function assertSoundStore(store: Pick<Store, 'range'>, log: Pick<Logger, 'warn'>): void {
  const damaged = checkRecords(store, { spared: SPARED_TABLES, others: [...READ_LATER, ...MAIL_PREFIXES] });
  if (damaged === 0) return;
  log.warn(
    `${damaged === 1 ? 'One record' : `${damaged} records`} of friends, nodes or preferences in the data directory's ` +
      'store cannot be read and will be left out. Check the names of your friends and the disk.',
  );
}
