/**
 * One operating-system process with a session on real Tox. Its parent (member-process.ts) tells it what to do and
 * hears what happens, over Node's IPC channel; it can be killed at any moment.
 */
import { createHash } from 'node:crypto';
import { fromHex, toHex } from '../../../lib/bytes';
import { AsyncManager } from '../../../lib/manager/async-manager';
import { ToxcoreTransport } from '../../../lib/transport/toxcore/toxcore-transport';
import type { MemberOrder, MemberReport, MemberSetup } from './member-process';
import { textOf } from '../../support/text-of';

const report = (message: MemberReport) => process.send?.(message);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const key = (digits: string) => fromHex(digits) ?? new Uint8Array();

async function run({ dataDir, profile, bootstrap }: MemberSetup): Promise<void> {
  const warn = (text: string) => report({ what: 'warning', text });
  const log = { debug() {}, info() {}, warn, error: warn };
  const manager = await AsyncManager.create({
    dataDir,
    log,
    ...(profile === undefined ? {} : { profile: new Uint8Array(Buffer.from(profile, 'base64')) }),
  });
  const transport = new ToxcoreTransport({ settings: { bootstrap }, log, ...manager.profile });
  const { events } = manager;
  const tellFriends = () => {
    const friends = manager.friends().map(({ publicKey, session }) => ({
      friend: toHex(publicKey),
      session,
      sendable: manager.getPreKeyStats().get(toHex(publicKey))?.sendable ?? 0,
    }));
    report({ what: 'friends', friends, child: transport.childPid });
  };
  events.on('changed', tellFriends);
  events.on('friend-status', tellFriends);
  transport.events.on('running', tellFriends);
  events.on('outcome', ({ messageId, state, nodes, via }) =>
    report({ what: 'outcome', id: toHex(messageId), state, nodes, via }),
  );
  manager.setMessageHandler((message) => {
    const { sender, via } = message;
    const text = message.kind === 'binary' ? sha256(message.content) : textOf(message);
    report({ what: 'message', from: toHex(sender), text, via });
    return 'done';
  });
  await manager.attachTransport(transport);
  await manager.start();
  process.on('message', (order: MemberOrder) => {
    if (order.what === 'send') {
      const content =
        order.bytes === undefined ? order.text : new Uint8Array(Buffer.from(order.bytes, 'base64'));
      void manager
        .sendAsyncMessage(key(order.to), content)
        .then(({ messageId }) => report({ what: 'sent', text: order.text, id: toHex(messageId) }));
    } else {
      void manager.stop().then(() => process.disconnect());
    }
  });
  report({ what: 'started', self: toHex(manager.publicKey) });
  tellFriends();
}

process.once('message', (setup: MemberSetup) => void run(setup));
