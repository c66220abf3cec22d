import type { ReceiptCode } from '../../../../lib/protocol/codes';
import { Assemblies } from '../../../../lib/client/journal/assemblies';
import { Inbox } from '../../../../lib/client/journal/inbox';
import type { Load } from '../../../../lib/client/journal/load';
import { InboxRoom } from '../../../../lib/client/receiving/inbox-room';
import { HeadTurns } from '../../../../lib/client/receiving/large/head-turns';
import { ServiceMailEffects } from '../../../../lib/client/receiving/service-mail-effects';
import { OwedDeletes } from '../../../../lib/client/journal/owed-deletes';
import { FriendMemory, type FriendMemoryInit } from '../../../../lib/client/journal/friend-memory';
import { OwedReceipts } from '../../../../lib/client/journal/owed-receipts';
import { KeyedQueue } from '../../../../lib/platform/queues/keyed-queue';
import type { Origin, Received } from '../../../../lib/client/receiving/receive-result';
import { Receiver } from '../../../../lib/client/receiving/receiver';
import { Tombstones } from '../../../../lib/client/journal/tombstones';
import { toHex } from '../../../../lib/bytes';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { KeyPeer } from '../../forward-security/support/key-peer';

function fail(error: unknown): never {
  throw error;
}

/** The receiving half of a client on a simulated disk, without a network. */
export class ReceivingPeer {
  /** From the next start on. */
  crypto = chooseCryptoProvider();
  /** On the disk. */
  hasRoom = true;
  hasSession = false;
  /** What receipts by mail said: message id in hex and code. */
  readonly receipted: [string, string][] = [];
  /** Ids of messages of ours by the key that they were sealed to. */
  readonly sealedTo = new Map<number, Uint8Array>();
  readonly malformed: string[] = [];
  /** Friends whose mail came. */
  readonly heard: string[] = [];
  readonly refused: string[] = [];
  inbox!: Inbox;
  tombstones!: Tombstones;
  receipts!: OwedReceipts;
  deletes!: OwedDeletes;
  assemblies!: Assemblies;
  room!: InboxRoom;
  headTurns!: HeadTurns;
  receiver!: Receiver;
  readonly queues = new KeyedQueue();

  constructor(
    readonly keys: KeyPeer,
    readonly most: FriendMemoryInit = {},
    readonly roomy: Load = { messages: 1000, bytes: 64_000_000 },
    readonly clock = keys.time.clock,
  ) {
    const { crypto } = this;
    keys.otherRefs = () => {
      const { store, vault } = keys;
      const journals = [new Inbox({ crypto, store, vault }), new Assemblies({ crypto, store, vault })];
      return journals.flatMap((journal) => [...journal.refs()]);
    };
    this.#build();
  }

  async crash(): Promise<void> {
    await this.keys.crash();
    this.#build();
  }

  receive(envelope: Uint8Array, origin: Origin, tell?: (received: Received) => void): Promise<Received> {
    return this.receiver.receive(envelope, origin, tell);
  }

  owed(to: KeyPeer): [string, ReceiptCode][] {
    return this.receipts.owedTo(to.pk).map(({ messageId, code }) => [toHex(messageId), code]);
  }

  #build(): void {
    const { keys } = this;
    const { store, vault, fsm: forwardSecurity, random } = keys;
    const { crypto } = this;
    const ages = { now: () => keys.age };
    this.inbox = new Inbox({ crypto, store, vault });
    this.tombstones = new Tombstones({ store, ages });
    const { tombstones } = this;
    this.receipts = new OwedReceipts({ store, ages, tombstones });
    this.deletes = new OwedDeletes({ store, ages });
    const effects = new ServiceMailEffects({
      network: { isProven: () => this.hasSession },
      forwardSecurity,
      completion: {
        messageBy: (_friend, { preKeyId }) => this.sealedTo.get(preKeyId),
        receipt: (writes, _friend, messageId, code) => {
          writes.afterCommit(() => this.receipted.push([toHex(messageId), code]));
        },
      },
      resealer: { sealWaiting: () => Promise.resolve() },
      queues: this.queues,
      hooks: {
        onKeysExchanged: () => undefined,
        onKeysRefused: (_peer, code) => this.refused.push(code),
        onError: fail,
      },
    });
    this.assemblies = new Assemblies({ crypto, store, vault });
    const { inbox, assemblies } = this;
    this.room = new InboxRoom({ inbox, assemblies, space: { hasRoom: () => this.hasRoom } }, this.roomy);
    this.headTurns = new HeadTurns();
    this.receiver = new Receiver({
      crypto,
      random,
      store,
      vault,
      forwardSecurity,
      clock: { ...this.clock, wall: () => 0 },
      timers: keys.time.timers,
      queues: this.queues,
      inbox: this.inbox,
      tombstones: this.tombstones,
      receipts: this.receipts,
      memory: new FriendMemory({ store, ages, tombstones, receipts: this.receipts }, this.most),
      deletes: this.deletes,
      effects,
      room: this.room,
      assemblies: this.assemblies,
      headTurns: this.headTurns,
      ages,
      network: { isProven: () => this.hasSession },
      handOver: { offer: () => undefined },
      nodes: { noteHeard: (friend) => this.heard.push(toHex(friend)) },
      hooks: {
        onError: fail,
        onArrived: () => undefined,
        onMalformed: (_sender, messageId) => this.malformed.push(toHex(messageId)),
      },
    });
  }
}
