import type { AsyncManager, Logger } from '../../lib/index';

/** A health line without a change, milliseconds. */
const EVERY_MS = 600_000;

/**
 * Says how a session is: at once, when its connection, its disk or its database changes, and every 10 minutes.
 * @returns what ends it
 */
export function tellHealth(manager: AsyncManager, log: Pick<Logger, 'info'>): () => void {
  let told = '';
  const tell = (always: boolean) => {
    const state = [manager.isOnline(), manager.problem?.code, manager.getStorageStats().trouble].join();
    if (!always && state === told) return;
    told = state;
    log.info(healthOf(manager));
  };
  tell(true);
  const { events } = manager;
  const undo = [events.on('changed', () => tell(false)), events.on('transport-status', () => tell(false))];
  const timer = setInterval(() => tell(true), EVERY_MS);
  return () => {
    clearInterval(timer);
    for (const each of undo) each();
  };
}

function healthOf(manager: AsyncManager): string {
  const counts = manager.counts();
  const { totalMessages, trouble } = manager.getStorageStats();
  return [
    `health online=${manager.isOnline() ? 'yes' : 'no'}`,
    `friends=${counts.online}/${counts.friends}`,
    `queued=${counts.queued}`,
    `stored=${counts.stored}`,
    `waiting=${counts.waiting}`,
    `kept=${totalMessages}`,
    `problem=${manager.problem?.code ?? 'none'}`,
    ...(trouble === undefined ? [] : [`mail="${trouble}"`]),
  ].join(' ');
}
