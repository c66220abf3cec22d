import { readFileSync } from 'node:fs';
import type { ColdStart } from './cold-start';
import { MailSource } from './mail';
import { openNode, store, type EngineName } from './node';

async function main([name, folder]: readonly string[]): Promise<ColdStart> {
  const start = performance.now();
  const node = await openNode(name as EngineName, folder ?? '');
  const { engine } = node;
  await engine.stats();
  const milliseconds = performance.now() - start;
  const memory = rssAnon();
  const source = new MailSource(30_000);
  await store(engine, source, 10_000, 64);
  for (const mailbox of source.mailboxes) {
    const { items } = await engine.page(mailbox, 0, 64);
    for (const { storageId } of items) await engine.get(mailbox, storageId);
  }
  const memoryAfterWork = rssAnon();
  await node.close();
  return { milliseconds, memory, memoryAfterWork };
}

/** Memory of this process that is not a part of any file, bytes. */
function rssAnon(): number {
  const kilobytes = /RssAnon:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}

main(process.argv.slice(2)).then(
  (result) => process.send?.(result, () => process.disconnect()),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
