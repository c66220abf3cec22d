import { sameBytes, toHex, utf8 } from '../../../../lib/bytes';
import type { SendOptions } from '../../../../lib/client/messages';
import { Outbox, type OutboxEntry } from '../../../../lib/client/journal/outgoing/outbox';
import { ServiceMail } from '../../../../lib/client/journal/service-mail';
import { Completion } from '../../../../lib/client/sending/completion';
import type { Deposits } from '../../../../lib/client/sending/deposits/deposits';
import { DirectDelivery } from '../../../../lib/client/sending/direct-delivery';
import { Dispatcher } from '../../../../lib/client/sending/dispatcher';
import { buildLarge } from '../../../../lib/client/sending/large/build-large';
import { ChunkDeposits } from '../../../../lib/client/sending/large/chunk-deposits';
import { messageDeposits } from '../../../../lib/client/sending/deposits/message-deposits';
import { Displacement } from '../../../../lib/client/sending/early-end/displacement';
import { EarlyEnds } from '../../../../lib/client/sending/early-end/early-ends';
import { Resealer } from '../../../../lib/client/sending/resealer';
import { Sender } from '../../../../lib/client/sending/sender';
import { SealTime } from '../../../../lib/client/sending/sealing/seal-time';
import { noFleets } from './no-fleets';
import { NodeHolds } from '../../../../lib/client/storage-nodes/node-holds';
import { Wakeup } from '../../../../lib/client/wakeup';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { KeyedQueue } from '../../../../lib/platform/queues/keyed-queue';
import type { CodeWord } from '../../../../lib/protocol/codes';
import { chunksOf, joinedLarge } from '../../../../lib/protocol/envelope/large/split-large';
import { SeededRandom } from '../../../../lib/testing/simulated-platform';
import { allocateSlot } from '../../../../lib/store/vault/slot-box';
import { type KeyPeer, pair } from '../../forward-security/support/key-peer';
import { DAY, nodeOf } from './depositor';
import { LargeNetwork, type Piece } from './large-network';

const crypto = chooseCryptoProvider();

function* nobody(): Generator<never, void> {}

/** Alice's side of large messages to Bob: all of it is real but Bob, the nodes and the network between them. */
export class LargeSender {
  readonly alice: KeyPeer;
  readonly bob: KeyPeer;
  /** `stored` outcomes, and how messages ended. */
  outcomes: string[] = [];
  errors: unknown[] = [];
  /** An ordinary client was offered everything. */
  wasOffered = false;
  /** Bob and the nodes, as the test has them answer. */
  readonly network: LargeNetwork;
  readonly holds: NodeHolds;
  outbox!: Outbox;
  large!: ReturnType<typeof buildLarge>;
  deposits!: Deposits<OutboxEntry>;
  direct!: DirectDelivery;
  resealer!: Resealer;
  sealTime!: SealTime;
  earlyEnds!: EarlyEnds;
  completion!: Completion;
  queues!: KeyedQueue;
  #dispatcher!: Dispatcher;
  wakeup!: Wakeup;
  #sender!: Sender;
  readonly #names = new Map<string, string>();

  private constructor({ alice, bob }: { alice: KeyPeer; bob: KeyPeer }) {
    [this.alice, this.bob] = [alice, bob];
    this.network = new LargeNetwork(bob.pk, (envelope) => this.#pieceOf(envelope));
    this.holds = new NodeHolds({ clock: alice.time.clock, random: new SeededRandom('holds') });
  }

  static async open(): Promise<LargeSender> {
    const peers = await pair('large', { urgentKeysPerPeer: 0 });
    await peers.bob.giveKeys(peers.alice);
    const sender = new LargeSender(peers);
    sender.#build();
    return sender;
  }

  /** Accepts a message of so many bytes, named by one letter. */
  add(name: string, bytes: number, lifetime = 7 * DAY): Promise<OutboxEntry> {
    const payload = new SeededRandom(name).bytes(bytes);
    const content = { inner: 2, label: '', isDeflated: false, bytes: payload } as const;
    const large = this.large.turns.first(this.bob.pk, chunksOf(content));
    return this.#accept(name, { type: 4, lifetime, large }, joinedLarge(content));
  }

  /** Accepts a message of so many bytes as the library does. */
  async send(name: string, bytes: number, options: SendOptions = {}): Promise<void> {
    const messageId = this.#idOf(name);
    const payload = new SeededRandom(name).bytes(bytes);
    await this.#sender.send(this.bob.pk, payload, 0, { compress: 'off', ...options, messageId });
  }

  /** A small message, for what large ones must not hold up. */
  addSmall(name: string): Promise<OutboxEntry> {
    return this.#accept(name, { type: 0, lifetime: DAY }, new Uint8Array([0x61]));
  }

  /** Time passes. @returns what was asked */
  async pass(seconds = 0): Promise<string[]> {
    await this.alice.time.advance(10 + seconds * 1000);
    await this.queues.idle();
    return this.network.asked.splice(0);
  }

  /** A session with Bob begins; his list of keys names all that Alice holds, or those of `keys`. */
  async meet(keys?: ReadonlyMap<number, ReadonlySet<number>>): Promise<void> {
    this.direct.open(this.bob.pk);
    this.wakeup.friend(this.bob.pk);
    this.resealer.beginMeeting(this.bob.pk);
    await this.state(keys);
  }

  /** Bob says which keys are alive: of each batch all indexes, unless the test lists them. */
  async state(keys?: ReadonlyMap<number, ReadonlySet<number>>): Promise<void> {
    const { issued } = this.bob.fsm;
    const alive = () => new Map(issued.live(this.alice.pk).map(({ batch, live }) => [batch, new Set(live)]));
    await this.queues.run(this.bob.pk, () => this.resealer.applyState(this.bob.pk, keys ?? alive()));
    this.direct.ready(this.bob.pk);
  }

  part(): void {
    this.direct.close(this.bob.pk);
    this.wakeup.friend(this.bob.pk);
  }

  /** Bob's receipt. */
  async receipt(entry: OutboxEntry, code: CodeWord = 'ok'): Promise<void> {
    await this.queues.run(this.bob.pk, async () => {
      const writes = this.alice.store.batch();
      this.completion.receipt(writes, this.bob.pk, entry.messageId, code);
      await writes.commit();
    });
  }

  /** Alice's process is killed and starts again. */
  async restart(): Promise<void> {
    await this.large.chunks.settled();
    this.#dispatcher.stop();
    const refs = [...this.outbox.refs()];
    this.alice.otherRefs = () => refs;
    await this.alice.crash();
    this.#build();
  }

  entry(name: string): OutboxEntry {
    const entry = this.outbox.entries().find((each) => this.#nameOf(each) === name);
    if (entry === undefined) throw new Error(`${name} is not in the outbox`);
    return entry;
  }

  #build(): void {
    const { store, vault, fsm: forwardSecurity, time, random } = this.alice;
    const { clock, timers } = time;
    const ages = { now: () => this.#age() };
    const outbox = new Outbox({ crypto, store, vault, forwardSecurity });
    const wakeup = new Wakeup({ timers });
    const queues = new KeyedQueue();
    const hooks = {
      onError: (error: unknown) => this.errors.push(error),
      onFirstCopy: () => undefined,
      onEnded: () => undefined,
      onDeadKeys: () => undefined,
      onKeySpent: () => undefined,
    };
    const nodes = {
      candidates: () => Array.from(this.network.nodes, nodeOf),
      isGone: () => false,
      goneAt: () => Infinity,
      stores: noFleets(),
      holds: this.holds,
      noteSuccess: () => undefined,
      noteFailure: () => undefined,
      noteHeard: () => undefined,
      noteUnconfirmed: () => undefined,
    };
    const mail = new ServiceMail({ store, ages });
    const outcomes = {
      confirmLate: () => undefined,
      unconfirmedBy: () => undefined,
      overdue: () => undefined,
      finish: (writes: { afterCommit(run: () => void): void }, entry: OutboxEntry, ending: object) =>
        writes.afterCommit(() =>
          this.outcomes.push(`${this.#nameOf(entry)} ${Object.values(ending).slice(0, 3).join(' ')}`),
        ),
      stored: (entry: OutboxEntry, { nodes: count }: { nodes: number }) =>
        this.outcomes.push(`${this.#nameOf(entry)} stored ${count}`),
    };
    const base = { crypto, store, vault, clock, timers, random, ages, outbox, wakeup, queues, hooks, nodes };
    const parts = { ...base, network: this.network, mail, outcomes, forwardSecurity };
    const completion = new Completion(parts, { wanted: 3 });
    const large = buildLarge({ ...parts, completion });
    const deposits = messageDeposits({ ...parts, ...large }, { wanted: 3, maxStorageTime: DAY });
    const chunkDeposits = new ChunkDeposits({ ...parts, ...large, deposits });
    const direct = new DirectDelivery({ ...parts, ...large, completion });
    const plain = { consider: () => undefined, wasOffered: () => this.wasOffered };
    const sealTime = new SealTime({ ...parts, ...large, direct, plain });
    const earlyEnds = new EarlyEnds({ ...parts, completion, plain });
    const resealer = new Resealer({ ...parts, ...large, completion, direct, sealTime, earlyEnds });
    const ways = { direct, plain, deposits, chunkDeposits, sealTime, resealer, completion };
    const silent = { look: () => Infinity };
    const serviceDeposits = { consider: () => Infinity, turns: nobody };
    const dispatcher = new Dispatcher({
      ...parts,
      ...large,
      ...ways,
      overdue: silent,
      reasonChanges: silent,
      serviceDeposits,
    });
    Object.assign(this, {
      outbox,
      large,
      deposits,
      direct,
      resealer,
      completion,
      queues,
      sealTime,
      earlyEnds,
    });
    [this.#dispatcher, this.wakeup] = [dispatcher, wakeup];
    dispatcher.start();
    const room = { assertFor: () => undefined, takes: () => true, takesUrgent: () => true };
    this.#sender = new Sender({
      ...parts,
      ...large,
      displacement: new Displacement({ crypto, outbox, sealTime, room }),
      earlyEnds,
      sealTime,
      dispatcher,
      outcomes: { find: () => undefined },
      contexts: { add: () => undefined },
      clock: { wall: () => 5_000 },
      space: { assertRoom: () => undefined },
      reasons: { of: () => undefined },
      reasonChanges: { noteTold: () => undefined },
      meetings: { noteSpent: () => undefined },
      hooks: { onAccepted: () => undefined, onKeySpent: () => undefined },
    });
  }

  async #accept(
    name: string,
    fields: Pick<OutboxEntry, 'type' | 'lifetime' | 'large'>,
    content: Uint8Array,
  ): Promise<OutboxEntry> {
    const { store, vault } = this.alice;
    const { ref, secret } = await allocateSlot(vault);
    const writes = store.batch();
    const own = { messageId: this.#idOf(name), friend: this.bob.pk, ref };
    const times = { acceptedAt: this.#age(), createdAt: 5_000 };
    const entry = this.outbox.add(writes, { ...own, ...times, ...fields }, content, secret);
    await writes.commit();
    this.#dispatcher.dispatch(entry);
    return entry;
  }

  #pieceOf(envelope: Uint8Array): { name: string; piece: Piece } {
    for (const entry of this.outbox.entries()) {
      const name = this.#nameOf(entry);
      const head = this.outbox.envelope(entry);
      if (head && sameBytes(head, envelope)) return { name, piece: 'head' };
      for (let index = 0; index < (entry.large?.chunks ?? 0); index++) {
        const chunk = this.large.payloads.chunk(entry, index);
        if (chunk && sameBytes(chunk.envelope, envelope)) return { name, piece: index };
      }
    }
    return { name: '?', piece: 'head' };
  }

  /** Durable seconds. */
  #age(): number {
    this.alice.age = 1000 + Math.floor(this.alice.time.clock.monotonic() / 1000);
    return this.alice.age;
  }

  /** The id of the message of this name, from which its name is known again. */
  #idOf(name: string): Uint8Array {
    const messageId = crypto.sha256(utf8(name));
    this.#names.set(toHex(messageId), name);
    return messageId;
  }

  #nameOf({ messageId }: OutboxEntry): string {
    return this.#names.get(toHex(messageId)) ?? '?';
  }
}
