import type { MessageEngine } from '../../lib/storage/message-engine';
import type { MailSource } from './mail';

const READS = 500;

/** Milliseconds, sorted, in which whole mailboxes are listed and read. */
export async function readMailboxes(engine: MessageEngine, source: MailSource): Promise<number[]> {
  const taken: number[] = [];
  for (let n = 0; n < READS; n += 1) {
    const mailbox = source.anyMailbox();
    const start = performance.now();
    await turn();
    let cursor = 0;
    for (let more = true; more;) {
      const page = await engine.page(mailbox, cursor, 64);
      for (const { storageId } of page.items) await engine.get(mailbox, storageId);
      cursor = page.items.at(-1)?.cursor ?? cursor;
      more = page.more;
    }
    taken.push(performance.now() - start);
  }
  return taken.sort((a, b) => a - b);
}

/** One turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** p50 / p99 */
export function times(sorted: readonly number[]): string {
  const at = (part: number) => (sorted[Math.floor(sorted.length * part)] ?? NaN).toFixed(2);
  return `${at(0.5)} / ${at(0.99)} ms`;
}
