import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import { generateKeyPair } from '../../../../lib/crypto/generate';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { RecordingHandler } from '../../../../lib/testing/transport/recording-handler';
import type { ToForeign } from '../../../../lib/transport/wired/wire-messages';
import { WiredTransport } from '../../../../lib/transport/wired/wired-transport';
import type { PublicKey } from '../../../../lib/types';

/** A wired transport whose other side is played by the test. */
export class WiredBench {
  readonly time = new SimulatedTime();
  readonly sent: ToForeign[] = [];
  readonly requests: string[] = [];
  readonly heard = new RecordingHandler();
  readonly self: PublicKey;
  readonly friend: PublicKey;
  /** The friend's key in hex. */
  readonly id: string;
  readonly bridge: WiredTransport;
  readonly #random = new SeededRandom('wired');

  private constructor() {
    this.self = this.key();
    this.friend = this.key();
    this.id = toHex(this.friend);
    this.bridge = new WiredTransport({
      self: this.self,
      timers: this.time.timers,
      random: this.#random,
      send: (message) => this.sent.push(message),
      onRequest: (publicKey, text) => this.requests.push(`${toHex(publicKey).slice(0, 8)} ${text}`),
    });
  }

  static async open(): Promise<WiredBench> {
    const bench = new WiredBench();
    await bench.bridge.start(bench.heard);
    return bench;
  }

  close(): Promise<void> {
    assert.deepEqual(this.heard.breaches, []);
    return this.bridge.stop();
  }

  /** The key of somebody else. */
  key(): PublicKey {
    return generateKeyPair(createPortableProvider(), this.#random).publicKey;
  }

  /** The sessions that a state was asked for, one for each time. */
  syncs(): (string | undefined)[] {
    return this.sent.flatMap((message) => (message.topic === 'tox/sync' ? [message.session] : []));
  }

  /** Packets that went onto the wire. */
  packets(): number {
    return this.sent.filter(({ topic }) => topic === 'tox/packet').length;
  }

  /** The other side tells its state. */
  state(more: Record<string, unknown> = {}): void {
    this.bridge.take({
      topic: 'tox/state',
      session: this.syncs().at(-1),
      self: toHex(this.self),
      online: true,
      friends: [{ friend: this.id, online: true }],
      can: ['tox/message', 'tox/busy', 'tox/add-friend', 'tox/request'],
      ...more,
    });
  }

  status(online: unknown, of = this.id): void {
    this.bridge.take({ topic: 'tox/status', friend: of, payload: online });
  }

  packet(payload: unknown = Buffer.from([177, 1]), of = this.id): void {
    this.bridge.take({ topic: 'tox/packet', friend: of, payload });
  }

  /** The first state came; what it told is forgotten. */
  async synced(more?: Record<string, unknown>): Promise<void> {
    await this.time.advance(1);
    this.state(more);
    this.heard.clear();
  }
}
