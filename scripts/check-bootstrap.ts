/**
 * `npm run check:bootstrap [-- FILE]`: tries each node of a list of bootstrap nodes, the package's own when no file is
 * named, by UDP and by TCP, and says which let us into the Tox network. Talks to the real network, so it is part of no
 * test run. Ends with code 1 when a node failed.
 */
import { randomBytes } from 'node:crypto';
import { chooseCryptoProvider, type TransportHandler } from '../lib';
import { makeProfile, serialiseProfile } from '../lib/identity/tox-profile';
import { systemPlatform } from '../lib/platform/system/system-platform';
import { type BootstrapNode, loadBootstrapNodes } from '../lib/transport/toxcore/bootstrap-nodes';
import { ToxcoreTransport } from '../lib/transport/toxcore/toxcore-transport';

/** libtoxcore needs 10 s as a rule and now and then more than 30. */
const LIMIT_MS = 60_000;
const AT_ONCE = 4;

/** A fresh identity that knows only this node; whether it comes online. */
async function tryNode(node: BootstrapNode, udp: boolean): Promise<boolean> {
  const keyPair = chooseCryptoProvider().keyPairFromSecret(new Uint8Array(randomBytes(32)));
  const savedata = serialiseProfile(makeProfile(keyPair, new Uint8Array(randomBytes(4))));
  const transport = new ToxcoreTransport({
    settings: { bootstrap: [udp ? { ...node, tcpPorts: [] } : node], udp },
    savedata: () => savedata,
    save: () => Promise.resolve(),
  });
  try {
    return await new Promise<boolean>((resolve, reject) => {
      const nothing = () => undefined;
      const handler: TransportHandler = {
        onSelf: (online) => online && resolve(true),
        onFriend: nothing,
        onPacket: nothing,
        onWritable: nothing,
        onMessage: nothing,
        onFriends: nothing,
      };
      transport.start(handler).then(() => setTimeout(() => resolve(false), LIMIT_MS).unref(), reject);
    });
  } finally {
    await transport.stop();
  }
}

async function check(node: BootstrapNode): Promise<boolean> {
  const [udp, tcp] = await Promise.all([tryNode(node, true), tryNode(node, false)]);
  const word = (works: boolean) => (works ? 'ok' : `nothing in ${LIMIT_MS / 1000} s`);
  console.log(`${node.host} port ${node.port}: UDP ${word(udp)}, TCP ${word(tcp)}`);
  return udp && tcp;
}

async function checkAll(file: string | undefined): Promise<void> {
  const waiting = await loadBootstrapNodes(systemPlatform.disk, file);
  const count = waiting.length;
  let good = 0;
  const work = async () => {
    for (let node = waiting.shift(); node; node = waiting.shift()) if (await check(node)) good += 1;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  console.log(`${good} of ${count} nodes answer by UDP and TCP`);
  process.exitCode = good === count ? 0 : 1;
}

checkAll(process.argv[2]).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
