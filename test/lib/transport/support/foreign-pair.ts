import { toHex } from '../../../../lib/bytes';
import type { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';
import type { ToForeign } from '../../../../lib/transport/wired/wire-messages';
import { WiredTransport } from '../../../../lib/transport/wired/wired-transport';
import type { PublicKey } from '../../../../lib/types';

const LATENCY_MS = 10;
/** As long as Tox takes (31 s, measured). */
const UNTIL_MISSED_MS = 31_000;

/** A foreign transport as docs/WIRING.md wants it, with the bridge at the other end of its wire. */
export class ForeignTransport {
  readonly bridge: WiredTransport;
  /** What the bridge sent. */
  readonly heard: ToForeign[] = [];
  #peer: ForeignTransport | undefined;
  #running = false;
  readonly #time: SimulatedTime;

  constructor(self: PublicKey, time: SimulatedTime, random: SeededRandom) {
    this.#time = time;
    this.bridge = new BridgeOf(this, self, time, random);
  }

  get id(): string {
    return toHex(this.bridge.self);
  }

  meets(peer: ForeignTransport): void {
    this.#peer = peer;
  }

  take(message: ToForeign): void {
    this.heard.push(message);
    const peer = this.#peer;
    if (!peer) return;
    switch (message.topic) {
      case 'tox/sync':
        this.#running = true;
        this.bridge.take({
          topic: 'tox/state',
          session: message.session,
          self: this.id,
          online: true,
          friends: [{ friend: peer.id, online: peer.#running }],
          can: ['tox/message', 'tox/busy'],
        });
        if (peer.#running) peer.bridge.take({ topic: 'tox/status', friend: this.id, payload: true });
        return;
      case 'tox/packet':
        this.#travel(() =>
          peer.bridge.take({ topic: 'tox/packet', friend: this.id, payload: Buffer.from(message.payload) }),
        );
        return;
      case 'tox/message': {
        const { messageId, payload, messageType } = message;
        this.#travel(() => {
          peer.bridge.take({ topic: 'tox/message', friend: this.id, payload, messageType });
          this.#travel(() => this.bridge.take({ topic: 'tox/receipt', messageId, payload: true }));
        });
        return;
      }
      case 'tox/add-friend':
    }
  }

  /** The network's end: the bridge hears nothing any more, the friend hears that we went. */
  end(): void {
    if (!this.#running) return;
    this.#running = false;
    this.#miss();
  }

  /** As a killed process does it: the friend's transport notices only after a while. */
  vanish(): void {
    this.#running = false;
    this.#time.timers.after(UNTIL_MISSED_MS, () => this.#miss());
  }

  #miss(): void {
    const peer = this.#peer;
    if (peer && peer.#running) {
      peer.bridge.take({ topic: 'tox/status', friend: this.id, payload: false });
    }
  }

  /** What is under way when either end goes is lost. */
  #travel(arrive: () => void): void {
    this.#time.timers.after(LATENCY_MS, () => {
      const peer = this.#peer;
      if (this.#running && peer && peer.#running) arrive();
    });
  }
}

/** The wire has no end of its own: the bridge and its foreign transport stop together here. */
class BridgeOf extends WiredTransport {
  readonly #foreign: ForeignTransport;

  constructor(foreign: ForeignTransport, self: PublicKey, time: SimulatedTime, random: SeededRandom) {
    super({ self, timers: time.timers, random, send: (message) => foreign.take(message) });
    this.#foreign = foreign;
  }

  override async stop(): Promise<void> {
    await super.stop();
    this.#foreign.end();
  }
}
