import assert from 'node:assert/strict';
import { ByteMap } from '../../../../lib/byte-map';
import { sameBytes } from '../../../../lib/bytes';
import type { Outcome } from '../../../../lib/client/messages';
import { Contexts } from '../../../../lib/client/journal/outgoing/contexts';
import { Assemblies } from '../../../../lib/client/journal/assemblies';
import { InboxRoom } from '../../../../lib/client/receiving/inbox-room';
import { HeadTurns } from '../../../../lib/client/receiving/large/head-turns';
import { FriendMemory } from '../../../../lib/client/journal/friend-memory';
import { Inbox } from '../../../../lib/client/journal/inbox';
import { Outbox } from '../../../../lib/client/journal/outgoing/outbox';
import { OutcomeJournal } from '../../../../lib/client/journal/outgoing/outcome-journal';
import { OwedDeletes } from '../../../../lib/client/journal/owed-deletes';
import { OwedReceipts } from '../../../../lib/client/journal/owed-receipts';
import { ServiceMail } from '../../../../lib/client/journal/service-mail';
import { Tombstones } from '../../../../lib/client/journal/tombstones';
import { Receiver } from '../../../../lib/client/receiving/receiver';
import { ServiceMailEffects } from '../../../../lib/client/receiving/service-mail-effects';
import { Completion } from '../../../../lib/client/sending/completion';
import { Resealer } from '../../../../lib/client/sending/resealer';
import { ServiceMailer } from '../../../../lib/client/sending/service/service-mailer';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { KeyedQueue } from '../../../../lib/platform/queues/keyed-queue';
import { SeededRandom } from '../../../../lib/testing/simulated-platform';
import { randomFraction } from '../../../../lib/platform/random';
import { readEnvelopeHeader } from '../../../../lib/protocol/envelope/envelope';
import { storageIdOf } from '../../../../lib/protocol/names';
import type { Woken } from '../../../../lib/client/wakeup';
import { PeerSet } from '../../../../lib/peer-map';
import type { PublicKey } from '../../../../lib/types';
import { allocateSlot } from '../../../../lib/store/vault/slot-box';
import { DAY, pair, type KeyPeer } from '../../forward-security/support/key-peer';

const crypto = chooseCryptoProvider();
const NODE = new Uint8Array(32).fill(0x4e);
const nothing = () => undefined;

function fail(error: unknown): never {
  throw error;
}

/** A storage node that both friends visit: it keeps mail for a day, and may lose some. */
export class PostBox {
  /** Share of the deposits that are lost. */
  loses = 0;
  readonly #random = new SeededRandom('post box');
  readonly #mail = new ByteMap<{ to: PublicKey; envelope: Uint8Array; until: number }>();

  /** @param now the age of whoever asks */
  put(now: number, to: PublicKey, envelope: Uint8Array): void {
    if (randomFraction(this.#random) < this.loses) return;
    this.#mail.set(storageIdOf(crypto, envelope), { to, envelope, until: now + DAY });
  }

  take(now: number, to: PublicKey): Uint8Array[] {
    const taken: Uint8Array[] = [];
    for (const [id, mail] of this.#mail) {
      const isMine = sameBytes(mail.to, to);
      if (isMine && mail.until > now) taken.push(mail.envelope);
      if (isMine || mail.until <= now) this.#mail.delete(id);
    }
    return taken;
  }
}

/** One of two friends who never meet: journals, keys, receiver and mailer of a client, and a node between them. */
export class MailFriend {
  readonly outcomes: Outcome[] = [];
  readonly codes = new Map<string, number>();
  taken = 0;
  #wake: (woken: Woken) => void = nothing;
  readonly outbox: Outbox;
  readonly mail: ServiceMail;
  readonly receipts: OwedReceipts;
  readonly #completion: Completion;
  readonly #receiver: Receiver;
  readonly #mailer: ServiceMailer;
  readonly #inbox: Inbox;
  readonly #tombstones: Tombstones;
  readonly #queues = new KeyedQueue();
  readonly #swept: readonly { expire(writes: ReturnType<KeyPeer['store']['batch']>): void }[];
  /** Ages of the last deposits, by storage id. */
  readonly #deposits = new ByteMap<number>();
  #sweptAt = 0;

  private constructor(
    readonly keys: KeyPeer,
    readonly friend: KeyPeer,
    readonly box: PostBox,
  ) {
    const { store, vault, random, time, fsm: forwardSecurity } = keys;
    const ages = { now: () => keys.age };
    const clock = { ...time.clock, wall: () => keys.age * 1000 };
    const contexts = new Contexts({ crypto, store, vault });
    const outcomes = new OutcomeJournal({
      store,
      ages,
      clock,
      contexts,
      hooks: { onOutcome: (outcome) => this.outcomes.push(outcome), onError: assert.ifError },
    });
    this.outbox = new Outbox({ crypto, store, vault, forwardSecurity });
    this.mail = new ServiceMail({ store, ages });
    this.#inbox = new Inbox({ crypto, store, vault });
    const tombstones = new Tombstones({ store, ages });
    this.#tombstones = tombstones;
    this.receipts = new OwedReceipts({ store, ages, tombstones });
    const deletes = new OwedDeletes({ store, ages });
    const network = { isProven: () => false };
    const nodes = {
      noteHeard: nothing,
      noteUnconfirmed: nothing,
      holds: { noteFetched: () => false },
      candidates: () => [NODE],
    };
    const wakeup = {
      friend: nothing,
      listen: (look: (woken: Woken) => void) => (this.#wake = look),
      message: nothing,
    };
    const hooks = {
      onError: fail,
      onEnded: nothing,
      onDeadKeys: nothing,
      onKeySpent: nothing,
      onKeysExchanged: nothing,
      onArrived: nothing,
      onMalformed: () => fail(new Error('malformed')),
      onKeysRefused: (_peer: PublicKey, code: string) => fail(new Error(code)),
    };
    const direct = { isHere: () => false, isUnderWay: () => false, isUnknown: () => false, renew: nothing };
    const sealTime = {
      isNow: (entry: { sealed?: object }) => entry.sealed === undefined,
      earlier: () => [],
      inheritsTurn: () => false,
    };
    const earlyEnds = { prepare: () => Promise.reject(new Error('nothing ends early')) };
    const shared = { crypto, store, vault, ages, clock, random, forwardSecurity, hooks, nodes, wakeup };
    const own = {
      outbox: this.outbox,
      mail: this.mail,
      receipts: this.receipts,
      queues: this.#queues,
      turns: { has: () => true },
      direct,
    };
    this.#completion = new Completion({ ...shared, ...own, outcomes }, { wanted: 3 });
    const completion = this.#completion;
    const resealer = new Resealer({ ...shared, ...own, completion, sealTime, earlyEnds });
    const effects = new ServiceMailEffects({ ...shared, ...own, network, completion, resealer });
    const { receipts } = this;
    const assemblies = new Assemblies({ crypto, store, vault });
    this.#receiver = new Receiver({
      ...shared,
      ...own,
      timers: time.timers,
      network,
      inbox: this.#inbox,
      tombstones,
      memory: new FriendMemory({ store, ages, tombstones, receipts }),
      deletes,
      effects,
      room: new InboxRoom(
        { inbox: this.#inbox, assemblies, space: { hasRoom: () => true } },
        { messages: 10_000, bytes: 16_000_000 },
      ),
      assemblies,
      headTurns: new HeadTurns(),
      handOver: { offer: nothing },
    });
    this.#mailer = new ServiceMailer({ ...shared, ...own, timers: time.timers });
    this.#swept = [
      forwardSecurity.issued,
      forwardSecurity.held,
      tombstones,
      receipts,
      deletes,
      this.mail,
      outcomes,
    ];
    void outcomes.start();
    this.#mailer.start();
  }

  /** Two friends who exchanged keys once. */
  static async pair(seed: string): Promise<[MailFriend, MailFriend, PostBox]> {
    const { alice, bob } = await pair(seed);
    await alice.giveKeys(bob);
    await bob.giveKeys(alice);
    const box = new PostBox();
    return [new MailFriend(alice, bob, box), new MailFriend(bob, alice, box), box];
  }

  /** Accepts texts for the friend. */
  async say(texts: number, lifetime = 7 * DAY): Promise<void> {
    for (let i = 0; i < texts; i += 1) {
      const { ref, secret } = await allocateSlot(this.keys.vault);
      const writes = this.keys.store.batch();
      const messageId = this.keys.random.bytes(32);
      const message = { messageId, friend: this.friend.pk, type: 0, ref };
      const times = { lifetime, acceptedAt: this.keys.age, createdAt: 0 };
      this.outbox.add(writes, { ...message, ...times }, new Uint8Array([0x61]), secret);
      await writes.commit();
    }
  }

  /** Online for a moment: takes what lies there, looks at what is due, and leaves its own mail. */
  async visit(): Promise<void> {
    const { keys, box } = this;
    this.#wake({ all: true, friends: new PeerSet(), messages: new Set(), mail: new Set() });
    for (const envelope of box.take(keys.age, keys.pk)) {
      if (await this.#turnsUp(envelope)) continue;
      const { code } = await this.#receiver.receive(envelope, { via: 'stored', node: NODE });
      this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
    }
    await this.#queues.idle();
    await this.#handOver();
    await keys.time.advance(10_000);
    await this.#queues.idle();
    await this.#completion.expire(this.friend.pk);
    await this.#sweep();
    await this.#deposit();
  }

  /** Keys of the friend's that are left, the reserve included. */
  get stock(): number {
    return this.keys.fsm.held.held(this.friend.pk);
  }

  /** Messages that no key is left for. */
  get waiting(): number {
    return this.outbox.of(this.friend.pk).filter(({ sealed }) => sealed === undefined).length;
  }

  /** How many messages ended so. */
  ended(state: Outcome['state']): number {
    return this.outcomes.filter((outcome) => outcome.state === state).length;
  }

  stop(): void {
    this.#mailer.stop();
  }

  /** What was read before is not fetched, but its sender has not heard of it. */
  async #turnsUp(envelope: Uint8Array): Promise<boolean> {
    const tombstone = this.#tombstones.findTag(readEnvelopeHeader(envelope).tag);
    if (tombstone === undefined) return false;
    const writes = this.keys.store.batch();
    this.receipts.turnedUp(writes, tombstone.sender, tombstone.messageId);
    if (writes.size > 0) await writes.commit();
    return true;
  }

  async #handOver(): Promise<void> {
    const writes = this.keys.store.batch();
    for (const entry of this.#inbox.entries()) {
      this.#inbox.erase(writes, entry);
      this.taken += 1;
    }
    if (writes.size > 0) await writes.commit();
  }

  /** Keys first; what the node has, it keeps for a day. */
  async #deposit(): Promise<void> {
    for (const entry of this.mail.entries()) {
      const isOver = entry.acceptedAt + entry.lifetime <= this.keys.age;
      if (!isOver) this.#leave(entry.sealed.storageId, this.mail.envelope(entry), entry.once);
    }
    const writes = this.keys.store.batch();
    for (const entry of this.outbox.of(this.friend.pk)) {
      if (entry.sealed === undefined) continue;
      this.#leave(entry.sealed.storageId, this.outbox.envelope(entry), false);
      const copy = { node: NODE, at: this.keys.age, kept: DAY };
      if (!entry.stored) this.outbox.recordCopies(writes, entry, [copy], 1);
    }
    if (writes.size > 0) await writes.commit();
  }

  #leave(storageId: Uint8Array, envelope: Uint8Array | undefined, once: boolean): void {
    const last = this.#deposits.get(storageId);
    if (envelope === undefined || (last !== undefined && (once || this.keys.age - last < DAY))) return;
    this.#deposits.set(storageId, this.keys.age);
    this.box.put(this.keys.age, this.friend.pk, envelope);
  }

  /** Each six hours, as on a machine that sleeps between. */
  async #sweep(): Promise<void> {
    if (this.keys.age - this.#sweptAt < DAY / 4) return;
    this.#sweptAt = this.keys.age;
    const writes = this.keys.store.batch();
    for (const part of this.#swept) part.expire(writes);
    await writes.commit();
    await this.keys.vault.settled();
    for (const [id, at] of this.#deposits) if (this.keys.age - at > 45 * DAY) this.#deposits.delete(id);
  }
}
