import assert from 'node:assert/strict';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { ServiceMailer } from '../../../../lib/client/sending/service/service-mailer';
import { Tombstones } from '../../../../lib/client/journal/tombstones';
import { OwedReceipts } from '../../../../lib/client/journal/owed-receipts';
import { KeyedQueue } from '../../../../lib/platform/queues/keyed-queue';
import { ServiceMail, type ServiceEntry } from '../../../../lib/client/journal/service-mail';
import { decodeMailKeys, type MailKeys } from '../../../../lib/protocol/keys/mail-keys';
import type { Woken } from '../../../../lib/client/wakeup';
import { PeerSet } from '../../../../lib/peer-map';
import { decodeMailReceipts, type MailReceipts } from '../../../../lib/protocol/keys/mail-receipts';
import { PLAIN_TYPE } from '../../../../lib/protocol/envelope/message-types';
import { preKeyId } from '../../../../lib/protocol/names';
import type { WriteBatch } from '../../../../lib/store/store';
import { ISSUE_BUDGET, type KeyLimits } from '../../../../lib/forward-security/key-limits';
import { DAY, pair, type KeyPeer } from '../../forward-security/support/key-peer';

const crypto = chooseCryptoProvider();

/** A message of this number; which begins its id. */
export function idOf(n: number): Uint8Array {
  const id = new Uint8Array(32).fill(n);
  new DataView(id.buffer).setUint32(0, n);
  return id;
}

export function numberOf(idStart: Uint8Array): number {
  return new DataView(idStart.buffer, idStart.byteOffset).getUint32(0);
}

/** The key that opened this message: of a stream, 40 in a batch. */
export function keyOf(n: number): number {
  return preKeyId(1 + Math.floor(n / 40), 1 + (n % 40));
}

/** A mailer and a friend who have all 104 keys of each other's; what else is there the test says. */
export class MailingPeer {
  /** The friend is here. */
  session = false;
  /** Nodes that would take mail for the friend. */
  nodes = 1;
  /** A message waits for a key. */
  waits = false;
  wakeups = 0;
  /** Times that the mailer looked whether the friend is here. */
  looks = 0;
  #wake: (woken: Woken) => void = () => undefined;
  readonly errors: string[] = [];
  readonly tombstones: Tombstones;
  readonly receipts: OwedReceipts;
  readonly mail: ServiceMail;
  readonly queues = new KeyedQueue();
  readonly mailer: ServiceMailer;

  private constructor(
    readonly keys: KeyPeer,
    readonly friend: KeyPeer,
  ) {
    const { store, random, fsm: forwardSecurity, time } = keys;
    const ages = { now: () => keys.age };
    this.tombstones = new Tombstones({ store, ages });
    this.receipts = new OwedReceipts({ store, ages, tombstones: this.tombstones });
    this.mail = new ServiceMail({ store, ages });
    this.mailer = new ServiceMailer({
      crypto,
      random,
      timers: time.timers,
      store,
      ages,
      clock: { ...time.clock, wall: () => 5_000 },
      direct: {
        isHere: () => {
          this.looks += 1;
          return this.session;
        },
      },
      nodes: { candidates: () => Array.from({ length: this.nodes }, (_, i) => new Uint8Array(32).fill(i)) },
      forwardSecurity,
      outbox: { waitsForKey: () => this.waits },
      receipts: this.receipts,
      mail: this.mail,
      queues: this.queues,
      wakeup: { friend: () => (this.wakeups += 1), listen: (look) => (this.#wake = look) },
      hooks: { onError: (error) => this.errors.push(String(error)) },
    });
    this.friendHolds(104);
    this.mailer.start();
  }

  static async open(limits?: Partial<KeyLimits>): Promise<MailingPeer> {
    const { alice, bob } = await pair('mailer', limits);
    await bob.giveKeys(alice);
    await alice.giveKeys(bob);
    return new MailingPeer(alice, bob);
  }

  /** The mailer hears that something happened to the friend, and time passes. */
  async pass(seconds: number): Promise<void> {
    this.happens();
    await this.wait(seconds);
  }

  /** Something happens to the friend, or to all. */
  happens(whom: 'friend' | 'all' = 'friend'): void {
    const friends = new PeerSet(whom === 'friend' ? [this.friend.pk] : []);
    this.#wake({ all: whom === 'all', friends, messages: new Set(), mail: new Set() });
  }

  restart(): void {
    this.mailer.stop();
    this.mailer.start();
  }

  /** The friend had all keys that it may have for now. */
  async spendBudget(): Promise<void> {
    const { issued } = this.keys.fsm;
    const writes = this.keys.store.batch();
    for (let left = ISSUE_BUDGET; left > 0; left -= 104)
      await issued.issue(writes, this.friend.pk, Math.min(left, 104));
  }

  /** Time passes in which nothing happens. */
  async wait(seconds: number): Promise<void> {
    // In greater steps ages would run ahead of the timers as if the machine had slept.
    for (let i = 0; i < seconds; i += 2) {
      this.sleep(2);
      await this.keys.time.advance(2_000);
      await this.queues.idle();
    }
  }

  /** Time passes in which nothing is looked at. */
  sleep(seconds: number): void {
    this.keys.age += seconds;
  }

  async write(change: (writes: WriteBatch) => void): Promise<void> {
    const writes = this.keys.store.batch();
    change(writes);
    await writes.commit();
  }

  /** Receipts of these messages, which came from a node. */
  owe(...ids: number[]): Promise<void> {
    return this.write((writes) => {
      const options = { lifetime: DAY, sent: false, mail: true };
      for (const id of ids) {
        const message = { sender: this.friend.pk, messageId: idOf(id), code: 'ok' } as const;
        const tombstone = { ...message, preKeyId: keyOf(id), storageId: idOf(id).slice(0, 16) };
        this.tombstones.add(writes, idOf(id).slice(0, 16), tombstone, DAY);
        this.receipts.owe(writes, this.friend.pk, message, options);
      }
    });
  }

  /** A node lists the envelope of this message. */
  turnUp(id: number): Promise<void> {
    return this.write((writes) => this.receipts.turnedUp(writes, this.friend.pk, idOf(id)));
  }

  /** Receipts that mail is to carry. */
  get due(): number {
    const { first, again } = this.receipts.dueTo(this.friend.pk);
    return first.length + again.length;
  }

  /** Keys of the friend's that are left. */
  get stock(): number {
    return this.keys.fsm.held.held(this.friend.pk);
  }

  /** All keys of the friend's are lost but so many. */
  keep(count: number): Promise<void> {
    const { held } = this.keys.fsm;
    return this.write((writes) =>
      held.retain(writes, this.friend.pk, (_batch, index) => index > 104 - count),
    );
  }

  /** What the friend says of its own stock. */
  friendHolds(count: number): void {
    this.keys.fsm.issued.noteHeld(this.friend.pk, count);
  }

  /** What lies there for the friend, as it reads it. */
  get mailedReceipts(): MailReceipts[] {
    const all = this.mail.of(this.friend.pk, 'receipts');
    return all.map((each) => decodeMailReceipts(this.#read(each, PLAIN_TYPE.receipts)));
  }

  get mailedKeys(): MailKeys[] {
    const all = this.mail.of(this.friend.pk, 'keys');
    return all.map((each) => decodeMailKeys(this.#read(each, PLAIN_TYPE.keys)));
  }

  #read(entry: ServiceEntry, type: number): Uint8Array {
    const envelope = this.mail.envelope(entry);
    assert.ok(envelope);
    const opening = this.friend.fsm.open(envelope);
    assert.ok(opening.outcome === 'opened' && opening.result.outcome === 'opened');
    assert.deepEqual([opening.result.type, opening.result.lifetime], [type, entry.lifetime]);
    return opening.result.data;
  }
}
