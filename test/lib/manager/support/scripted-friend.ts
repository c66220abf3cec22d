import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import type { Outcome, SendOptions } from '../../../../lib/client/messages';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { AsyncManager } from '../../../../lib/manager/async-manager';
import type { AsyncManagerOptions } from '../../../../lib/manager/options';
import { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { sideOf } from '../../../../lib/protocol/session/handshake';
import type { SessionMessage } from '../../../../lib/protocol/session/message-kinds';
import { MemoryDirectory } from '../../../support/memory-directory';
import { waitFor } from '../../../support/world';
import { KeyPeer } from '../../forward-security/support/key-peer';
import { RawPeer } from '../../network/support/raw-peer';
import { TestTransport } from '../../network/support/test-transport';
import { textOf } from '../../../support/text-of';

const crypto = chooseCryptoProvider();

export type Said<K extends SessionMessage['kind']> = Extract<SessionMessage, { kind: K }>;

/** A whole session, and one friend of it who says only what the test lets it say. */
export class ScriptedFriend {
  readonly time = new SimulatedTime();
  readonly memory = new MemoryDirectory();
  readonly events: string[] = [];
  readonly outcomes: Outcome[] = [];
  readonly texts: string[] = [];
  manager!: AsyncManager;
  transport!: TestTransport;
  peer!: RawPeer;
  #heard: SessionMessage[] = [];

  private constructor(
    readonly random: SeededRandom,
    /** The friend's own keys and those it holds of the session's. */
    readonly keys: KeyPeer,
    readonly options: Partial<AsyncManagerOptions>,
  ) {}

  static async open(seed: string, options: Partial<AsyncManagerOptions> = {}): Promise<ScriptedFriend> {
    const keys = await KeyPeer.open(`${seed} friend`);
    const script = new ScriptedFriend(new SeededRandom(seed), keys, options);
    await script.start();
    return script;
  }

  async start(): Promise<void> {
    const { time, random, memory, keys, options } = this;
    const platform = { clock: time.clock, timers: time.timers, random, disk: memory.disk };
    this.manager = await waitFor(
      time,
      AsyncManager.create({
        dataDir: '/data',
        directory: await waitFor(time, memory.open(platform, crypto)),
        platform,
        crypto,
        diskSpace: () => Promise.resolve({ freeBytes: 100_000_000_000 }),
        ...options,
      }),
    );
    const { events } = this.manager;
    events.on('outcome', (outcome) => this.outcomes.push(outcome));
    for (const event of ['keys-refused', 'keys-dead', 'identity-in-use-elsewhere'] as const) {
      events.on(event, () => this.events.push(event));
    }
    this.manager.setMessageHandler((message) => void this.texts.push(textOf(message)));
    this.transport = new TestTransport(this.manager.publicKey, time);
    await waitFor(time, this.manager.attachTransport(this.transport));
    await waitFor(time, this.manager.start());
    await waitFor(time, this.manager.addFriend(keys.pk, 'friend'));
    this.peer = new RawPeer({ crypto, random, identity: keys.keyPair, transport: this.transport });
  }

  async stop(): Promise<void> {
    await waitFor(this.time, this.manager.stop());
  }

  /** The power fails, and the session starts again. */
  async crash(): Promise<void> {
    this.memory.crash();
    await waitFor(
      this.time,
      this.manager.stop().catch(() => undefined),
    );
    await this.start();
  }

  /** A new connection with fresh keys; the friend has said nothing yet. */
  async meet(): Promise<void> {
    this.transport.handler?.onFriend(this.keys.pk, false);
    this.peer.received();
    this.#heard = [];
    this.transport.handler?.onFriend(this.keys.pk, true);
    if (sideOf(this.keys.pk, this.manager.publicKey) === 1) {
      this.peer.greet();
    } else {
      await this.time.advance(1);
      this.peer.answer();
    }
  }

  leave(): void {
    this.transport.handler?.onFriend(this.keys.pk, false);
  }

  /** Everything the session said since the last call, after `ms`. */
  async hear(ms = 50): Promise<SessionMessage[]> {
    await this.time.advance(ms);
    this.#heard.push(...this.peer.opened());
    return this.#heard.splice(0);
  }

  /** The one message of a kind that the session says within `ms`. */
  async hearOne<K extends SessionMessage['kind']>(kind: K, ms = 50): Promise<Said<K>> {
    const all = await this.hear(ms);
    const [one, ...more] = all.filter((message): message is Said<K> => message.kind === kind);
    assert.ok(one && more.length === 0, `${kind} once, not ${all.map((m) => m.kind).join(', ')}`);
    return one;
  }

  async kinds(ms?: number): Promise<string[]> {
    return (await this.hear(ms)).map(({ kind }) => kind);
  }

  /** The friend's state, honest unless `change` says otherwise. */
  sayState(change: Partial<Said<'state'>> = {}): void {
    const { held, issued } = this.keys.fsm;
    const us = this.manager.publicKey;
    const honest = {
      holdsMail: false,
      held: held.held(us),
      batches: issued.live(us),
      hints: [],
      openNodes: [],
    };
    this.peer.say({ kind: 'state', ...honest, ...change });
  }

  /** The friend issues keys and sends them, and hears the acknowledgement. */
  async giveKeys(): Promise<Uint8Array> {
    const exchange = await this.keys.fsm.exchangePreKeys(this.manager.publicKey);
    assert.ok(exchange);
    this.peer.say({ kind: 'exchange', exchange });
    return exchange;
  }

  /** The friend takes an exchange of ours and acknowledges it. */
  async take({ exchange }: Said<'exchange'>): Promise<void> {
    const { batch } = await this.keys.fsm.processPreKeyExchange(exchange);
    this.peer.say({ kind: 'exchange-ack', batch, digest: crypto.sha256(exchange).slice(0, 16) });
  }

  /** How many keys the session and the friend have of each other, as the session knows it. */
  stats() {
    const found = this.manager.getPreKeyStats().get(toHex(this.keys.pk));
    assert.ok(found);
    return found;
  }

  /** Both have keys of each other. @returns the friend's exchange */
  async settle(): Promise<Uint8Array> {
    await this.meet();
    this.sayState();
    await this.take(await this.hearOne('exchange'));
    const exchange = await this.giveKeys();
    const { batch, digest } = await this.hearOne('exchange-ack');
    assert.deepEqual(digest, crypto.sha256(exchange).slice(0, 16));
    const writes = this.keys.store.batch();
    assert.ok(this.keys.fsm.issued.acknowledge(writes, this.manager.publicKey, batch, digest));
    await writes.commit();
    await this.hear(2_000);
    return exchange;
  }

  send(text: string, options?: SendOptions) {
    return waitFor(this.time, this.manager.sendAsyncMessage(this.keys.pk, text, 0, options));
  }

  async seal(text: string): Promise<Uint8Array> {
    return (await this.keys.send({ pk: this.manager.publicKey }, text)).envelope;
  }

  /** Delivers an envelope and hears what is answered and said after it. */
  async deliver(envelope: Uint8Array, ms = 50): Promise<{ code: string; said: string[] }> {
    this.peer.say({ kind: 'deliver', request: 9, envelope });
    const said = await this.hear(ms);
    const answer = said.find((message) => message.kind === 'deliver-answer');
    assert.ok(answer?.kind === 'deliver-answer');
    return { code: answer.code, said: said.map(({ kind }) => kind) };
  }
}
