import { utf8 } from '../../../../../lib/bytes';
import { Outbox, type OutboxEntry } from '../../../../../lib/client/journal/outgoing/outbox';
import { Resealer } from '../../../../../lib/client/sending/resealer';
import { ServiceMail } from '../../../../../lib/client/journal/service-mail';
import { allocateSlot } from '../../../../../lib/store/vault/slot-box';
import { chooseCryptoProvider } from '../../../../../lib/crypto/providers/choose-provider';
import { pair, type KeyPeer } from '../../../forward-security/support/key-peer';

const crypto = chooseCryptoProvider();

/** Alice's resealer of what she has for Bob, on real keys and a real store: the rest of sending is the test's. */
export class ResealerBench {
  readonly alice: KeyPeer;
  readonly bob: KeyPeer;
  readonly outbox: Outbox;
  readonly mail: ServiceMail;
  readonly resealer: Resealer;
  /** What the disk still has to do. */
  settled: Promise<void> = Promise.resolve();
  underWay: OutboxEntry[] = [];
  /** Large messages whose heads the friend did not know, and those that wait for their turn. */
  unknown: OutboxEntry[] = [];
  waiting: OutboxEntry[] = [];
  /** Of their values, what ends when they are sealed. */
  readonly earlier = new Map<OutboxEntry, OutboxEntry[]>();
  /** How often it was said that keys were spent. */
  spent = 0;
  /** What was done beside the disk, in order. */
  done: string[] = [];

  private constructor({ alice, bob }: { alice: KeyPeer; bob: KeyPeer }) {
    [this.alice, this.bob] = [alice, bob];
    const { store, vault, fsm: forwardSecurity } = alice;
    this.outbox = new Outbox({ crypto, store, vault, forwardSecurity });
    this.outbox.settled = () => this.settled;
    this.mail = this.openMail();
    this.resealer = new Resealer({
      store,
      outbox: this.outbox,
      mail: this.mail,
      forwardSecurity,
      completion: {
        failed: (writes, entry, code) => {
          this.outbox.remove(writes, entry);
          this.done.push(`failed ${entry.sequence} ${code}`);
        },
      },
      direct: {
        isUnderWay: (entry) => this.underWay.includes(entry),
        isUnknown: (entry) => this.unknown.includes(entry),
        renew: ({ sequence, sealed }) => this.done.push(`renew ${sequence}${sealed ? '' : ' unsealed'}`),
      },
      ages: { now: () => this.alice.age },
      sealTime: {
        isNow: (entry) => entry.sealed === undefined && !this.waiting.includes(entry),
        earlier: (entry) => this.earlier.get(entry) ?? [],
        inheritsTurn: () => false,
      },
      earlyEnds: {
        prepare: (leaving) => {
          const names = leaving.map(({ entry, code }) => `${entry.sequence} ${code}`).join();
          return Promise.resolve({
            addTo: (writes) => {
              for (const { entry } of leaving) this.outbox.remove(writes, entry);
              writes.afterCommit(() => this.done.push(`ended ${names}`));
            },
            undo: () => this.done.push(`goes on ${names}`),
          });
        },
      },
      wakeup: { friend: () => this.done.push('wakeup') },
      hooks: {
        onDeadKeys: (peer) => this.done.push(peer === this.bob.pk ? 'dead keys' : 'of another'),
        onKeySpent: () => (this.spent += 1),
      },
    });
    this.resealer.beginMeeting(bob.pk);
  }

  static async open(): Promise<ResealerBench> {
    const peers = await pair('resealer', { urgentKeysPerPeer: 0 });
    await peers.bob.giveKeys(peers.alice);
    return new ResealerBench(peers);
  }

  /** What a start would find of mail on the disk now. */
  openMail(): ServiceMail {
    return new ServiceMail({ store: this.alice.store, ages: { now: () => this.alice.age } });
  }

  /** Accepts a message. */
  async add(text: string, more: Partial<OutboxEntry> = {}): Promise<OutboxEntry> {
    const { ref, secret } = await allocateSlot(this.alice.vault);
    const writes = this.alice.store.batch();
    const messageId = crypto.sha256(utf8(text));
    const times = { lifetime: 60, acceptedAt: this.alice.age, createdAt: 5_000 };
    const entry = this.outbox.add(
      writes,
      { messageId, friend: this.bob.pk, type: 0, ref, ...times, ...more },
      utf8(text),
      secret,
    );
    await writes.commit();
    return entry;
  }

  /** Bob's list of keys has all of them but these. */
  applyWithout(...dead: (number | undefined)[]): Promise<boolean> {
    const made = [1, 2].map((batch) => ({ batch, live: Array.from({ length: 104 }, (_, i) => i + 1) }));
    const listed = [...this.bob.fsm.issued.live(this.alice.pk), ...made].map(({ batch, live }) => {
      return [batch, new Set(live.filter((index) => !dead.includes(batch * 256 + index)))] as const;
    });
    return this.resealer.applyState(this.bob.pk, new Map(listed));
  }

  /** What was done since the last call. */
  heard(): string[] {
    return this.done.splice(0);
  }
}
