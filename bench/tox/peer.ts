/** One end of the measured connection, a process of its own: libtoxcore alone in a loop, or our transport. */
import { loadLibrary } from '../../lib/transport/toxcore/binding/library-loader';
import { completeSettings, type ToxcoreSettings } from '../../lib/transport/toxcore/toxcore-settings';
import { readEvents } from '../../lib/transport/toxcore/binding/tox-events';
import { bindFunctions } from '../../lib/transport/toxcore/binding/tox-functions';
import { ToxHandle } from '../../lib/transport/toxcore/binding/tox-handle';
import { openTox } from '../../lib/transport/toxcore/binding/tox-open';
import { ToxcoreTransport } from '../../lib/transport/toxcore/toxcore-transport';

export interface PeerStart {
  readonly mode: 'bare' | 'transport';
  readonly settings: ToxcoreSettings;
  readonly savedata: Uint8Array;
  readonly friend: Uint8Array;
}
export type PeerOrder = PeerStart | { readonly send: number } | { readonly count: true };
export type PeerWord = { readonly online: true } | { readonly received: number; readonly child?: number };

/** As our transport does while a friend is missing. */
const BOOTSTRAP_MS = 3000;
const BOOTSTRAP_ROUNDS = 40;

let received = 0;
let sending: Uint8Array | undefined;
const say = (word: PeerWord) => process.send?.(word);

function runBare({ settings, savedata }: PeerStart): void {
  const complete = completeSettings(settings);
  const functions = bindFunctions(loadLibrary());
  const tox = new ToxHandle(functions, openTox(functions, complete, savedata));
  let online = false;
  let asked = -Infinity;
  let rounds = 0;
  const turn = () => {
    const now = performance.now();
    let heard = 0;
    tox.iterate((f, pointer) => {
      const { connections, packets } = readEvents(f, pointer);
      heard = packets.length;
      received += packets.length;
      for (const event of connections) {
        if (event.online && !online) say({ online: true });
        online = event.online;
      }
    });
    if (!online && now - asked > BOOTSTRAP_MS && rounds < BOOTSTRAP_ROUNDS) {
      asked = now;
      rounds += 1;
      for (const { host, port, key } of settings.bootstrap)
        tox.bootstrap(host, port, Buffer.from(key, 'hex'));
    }
    let sent = 0;
    while (online && sending && sent < 256 && tox.sendPacket(0, sending) === 'taken') sent += 1;
    if (sent > 0 || heard > 0) setImmediate(turn);
    else setTimeout(turn, online ? 1 : tox.interval);
  };
  turn();
}

async function runTransport({ settings, savedata, friend }: PeerStart): Promise<void> {
  const transport = new ToxcoreTransport({ settings, savedata: () => savedata, save: async () => {} });
  const fill = () => {
    while (sending && transport.sendPacket(friend, sending) === 'sent');
  };
  await transport.start({
    onSelf() {},
    onFriend: (_friend, online) => online && say({ online: true }),
    onPacket: () => {
      received += 1;
    },
    onWritable: fill,
    onMessage() {},
    onFriends() {},
  });
  begin = fill;
  child = () => transport.childPid ?? 0;
}

let begin: () => void = () => {};
/** Process id of our transport's child. */
let child: (() => number) | undefined;

process.on('message', (order: PeerOrder) => {
  if ('mode' in order) {
    if (order.mode === 'bare') runBare(order);
    else void runTransport(order);
  } else if ('send' in order) {
    sending = new Uint8Array(order.send).fill(177);
    begin();
  } else {
    say({ received, ...(child === undefined ? {} : { child: child() }) });
  }
});
process.on('disconnect', () => process.exit());
