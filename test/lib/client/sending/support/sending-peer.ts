import assert from 'node:assert/strict';
import { sameBytes } from '../../../../../lib/bytes';
import { DEFAULT_CLIENT_LIMITS, type ClientLimits } from '../../../../../lib/client/client-limits';
import { Contexts } from '../../../../../lib/client/journal/outgoing/contexts';
import { Outbox } from '../../../../../lib/client/journal/outgoing/outbox';
import type { Outcome, SendOptions, SendReceipt } from '../../../../../lib/client/messages';
import { Displacement } from '../../../../../lib/client/sending/early-end/displacement';
import { EarlyEnds } from '../../../../../lib/client/sending/early-end/early-ends';
import { LargeTurns } from '../../../../../lib/client/sending/large/large-turns';
import { OutboxRoom } from '../../../../../lib/client/sending/outbox-room';
import { SealTime } from '../../../../../lib/client/sending/sealing/seal-time';
import { Sender } from '../../../../../lib/client/sending/sender';
import { chooseCryptoProvider } from '../../../../../lib/crypto/providers/choose-provider';
import { ToxAsyncError } from '../../../../../lib/errors';
import { KeyedQueue } from '../../../../../lib/platform/queues/keyed-queue';
import { pair, type KeyPeer } from '../../../forward-security/support/key-peer';

const crypto = chooseCryptoProvider();

/** The part of Alice's client that accepts messages, to Bob, whose keys she holds, and to a stranger without. */
export class SendingPeer {
  readonly stranger = new Uint8Array(32).fill(9);
  readonly alice: KeyPeer;
  readonly bob: KeyPeer;
  readonly queues = new KeyedQueue();
  readonly outbox: Outbox;
  sender: Sender;
  /** Slots that were asked for. */
  allocated = 0;
  hasRoom = true;
  /** How often it was asked whether there is room. */
  asked = 0;
  /** How the message of that id ended, if it did. */
  ended: Outcome | undefined;
  isNodeHere = false;
  /** What was accepted, and whether it was durable then. */
  readonly accepted: [string, boolean][] = [];
  /** Who heard of it, in order. */
  readonly heard: string[] = [];
  /** How messages ended for others. */
  readonly endings: string[] = [];

  private constructor({ alice, bob }: { alice: KeyPeer; bob: KeyPeer }) {
    [this.alice, this.bob] = [alice, bob];
    this.outbox = this.afterStart();
    this.sender = this.#build({});
  }

  static async open(): Promise<SendingPeer> {
    const peers = await pair('sender');
    await peers.bob.giveKeys(peers.alice);
    return new SendingPeer(peers);
  }

  /** The outbox as a start would give it back. */
  afterStart(): Outbox {
    const { store, vault, fsm: forwardSecurity } = this.alice;
    return new Outbox({ crypto, store, vault, forwardSecurity });
  }

  /** The contexts as a start would give them back. */
  contexts(): Contexts {
    const { store, vault } = this.alice;
    return new Contexts({ crypto, store, vault });
  }

  /** From now on the sender has these limits. */
  limit(limits: Partial<ClientLimits>): void {
    this.sender = this.#build(limits);
  }

  send(text: string, options: SendOptions = {}, friend = this.bob.pk): Promise<SendReceipt> {
    return this.sender.send(friend, text, 0, options);
  }

  texts(): string[] {
    const { outbox } = this;
    return outbox.entries().map((entry) => new TextDecoder().decode(outbox.plaintext(entry)));
  }

  /** Whether each message in the outbox is sealed. */
  sealed(): boolean[] {
    return this.outbox.entries().map((entry) => entry.sealed !== undefined);
  }

  /** Keys of Bob that are free. */
  keys(): number {
    return this.alice.fsm.getAvailableKeyCount(this.bob.pk);
  }

  /** Neither memory nor the vault has anything of what was refused. */
  async refused(code: string, sending: Promise<unknown>): Promise<void> {
    const before = [this.allocated, this.outbox.messages];
    await assert.rejects(sending, { code });
    assert.deepEqual([this.allocated, this.outbox.messages], before);
  }

  #nameOf(friend: Uint8Array): string {
    return sameBytes(friend, this.bob.pk) ? 'bob' : 'a stranger';
  }

  #build(limits: Partial<ClientLimits>): Sender {
    const { outbox, queues, endings, heard, accepted, stranger } = this;
    const { store, vault, fsm: forwardSecurity, random } = this.alice;
    const room = new OutboxRoom({ outbox }, { ...DEFAULT_CLIENT_LIMITS, ...limits });
    const plain = { wasOffered: () => false };
    const ages = { now: () => this.alice.age };
    const turns = new LargeTurns({ store, ages, outbox, forwardSecurity });
    const sealTime = new SealTime({
      ages,
      outbox,
      turns,
      plain,
      direct: { isHere: () => false },
      nodes: { candidates: () => (this.isNodeHere ? [stranger] : []) },
    });
    const earlyEnds = new EarlyEnds({
      vault,
      outbox,
      plain,
      forwardSecurity,
      completion: {
        cancelled: (writes, entry, { code, mayArrive }) => {
          outbox.remove(writes, entry);
          const text = new TextDecoder().decode(outbox.plaintext(entry));
          writes.afterCommit(() =>
            endings.push([text, code, ...(mayArrive ? ['may arrive'] : [])].join(' ')),
          );
        },
      },
      wakeup: { friend: () => undefined, message: () => undefined },
    });
    return new Sender({
      crypto,
      random,
      ages,
      clock: { wall: () => 5_000 },
      store,
      vault: {
        allocate: (count) => {
          this.allocated += count;
          return vault.allocate(count);
        },
      },
      outbox,
      displacement: new Displacement({ crypto, outbox, sealTime, room }),
      earlyEnds,
      sealTime,
      outcomes: { find: () => this.ended },
      contexts: this.contexts(),
      queues,
      forwardSecurity,
      space: {
        assertRoom: () => {
          this.asked += 1;
          if (!this.hasRoom) throw new ToxAsyncError('ErrLocalStorageFull', 'no room');
        },
      },
      turns,
      reasons: { of: () => undefined },
      reasonChanges: { noteTold: () => undefined },
      meetings: { noteSpent: (friend) => heard.push(`peer hears of ${this.#nameOf(friend)}`) },
      dispatcher: {
        dispatch: (entry) => {
          heard.push('dispatched');
          const text = new TextDecoder().decode(outbox.plaintext(entry));
          accepted.push([text, this.afterStart().find(entry.friend, entry.messageId) !== undefined]);
        },
      },
      hooks: {
        onAccepted: (friend) => heard.push(`accepted for ${this.#nameOf(friend)}`),
        onKeySpent: (friend) => heard.push(`key of ${this.#nameOf(friend)} spent`),
      },
    });
  }
}
