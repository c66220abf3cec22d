import { MailSource } from './storage/mail';
import { openNode, store, fill } from './storage/node';
void (async () => {
  const node = await openNode('lmdb', process.argv[2]!);
  const source = new MailSource(100_000);
  await fill(node.engine, source, 20_000);
  const c = process.cpuUsage(); const t = performance.now();
  await store(node.engine, source, 60_000, 64);
  const u = process.cpuUsage(c);
  console.log('us per put user', u.user / 60000, 'sys', u.system / 60000, 'wall', ((performance.now() - t) * 1000) / 60000);
  await node.close(); process.exit(0);
})();
