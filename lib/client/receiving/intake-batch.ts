import { ByteMap } from '../../byte-map';
import { MAX_MESSAGE_LIFETIME } from '../../constants';
import type { ForwardSecurityManager } from '../../forward-security/forward-security-manager';
import type { IssuedKey } from '../../forward-security/key-records';
import type { AuthenticOpening } from '../../forward-security/opening';
import type { PeerNetwork } from '../../network/peer-network';
import { PLAIN_TYPE } from '../../protocol/envelope/message-types';
import { preKeyId, storageIdOf } from '../../protocol/names';
import type { WriteBatch } from '../../store/store';
import type { AsyncClientHooks } from '../client-options';
import type { BaseComponents } from '../components';
import type { Inbox } from '../journal/inbox';
import type { HandOver } from './hand-over';
import type { InboxRoom } from './inbox-room';
import { isServiceType, type ServiceMailEffects } from './service-mail-effects';
import type { FriendMemory, MemoryTurn } from '../journal/friend-memory';
import type { OwedDeletes } from '../journal/owed-deletes';
import type { OwedReceipts } from '../journal/owed-receipts';
import { answer, type Origin, type Received } from './receive-result';
import { allocateSlot } from '../../store/vault/slot-box';
import type { ReceiptCode } from '../../protocol/codes';
import type { TagTombstone, Tombstones } from '../journal/tombstones';
import type { StorageNodes } from '../storage-nodes/storage-nodes';

/** An envelope and where it came from. */
export interface Arrival {
  readonly envelope: Uint8Array;
  readonly origin: Origin;
}

export interface IntakeBatchComponents extends Pick<BaseComponents, 'crypto' | 'clock' | 'store' | 'vault'> {
  readonly forwardSecurity: Pick<ForwardSecurityManager, 'consume'>;
  readonly network: Pick<PeerNetwork, 'isProven'>;
  readonly inbox: Pick<Inbox, 'add'>;
  readonly tombstones: Pick<Tombstones, 'add' | 'findMessage'>;
  readonly receipts: Pick<OwedReceipts, 'has' | 'owe'>;
  readonly memory: Pick<FriendMemory, 'turn'>;
  readonly deletes: Pick<OwedDeletes, 'owe'>;
  readonly effects: Pick<ServiceMailEffects, 'apply'>;
  /** Without room for it mail stays where it is. */
  readonly room: Pick<InboxRoom, 'takes'>;
  readonly handOver: Pick<HandOver, 'offer'>;
  readonly nodes: Pick<StorageNodes, 'noteHeard'>;
  readonly hooks: Pick<AsyncClientHooks, 'onMalformed'>;
}

/**
 * One durable batch of authentic messages of one friend: for each its inbox entry (or its effect), the tombstone, the
 * owed receipt, the owed delete, and the death of its key.
 */
export class IntakeBatch {
  readonly #components: IntakeBatchComponents;
  readonly #writes: WriteBatch;
  /** To be consumed. */
  #keys: IssuedKey[] = [];
  /** Answers to the messages of this batch, by message id. */
  readonly #codes = new ByteMap<ReceiptCode>();
  /** Messages that go into the inbox. */
  #placed = 0;
  #isComplete = false;
  /** All are of one friend. */
  #memory: MemoryTurn | undefined;

  constructor(components: IntakeBatchComponents) {
    this.#components = components;
    this.#writes = components.store.batch();
  }

  /** Nothing may be added: it ends with what it has. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** @returns the answer, to be given only after the commit */
  async add(arrival: Arrival, opening: AuthenticOpening): Promise<Received> {
    try {
      return await this.#add(arrival, opening);
    } finally {
      if (opening.result.outcome === 'opened') this.#components.crypto.wipe(opening.result.data);
    }
  }

  async #add({ envelope, origin }: Arrival, opening: AuthenticOpening): Promise<Received> {
    const { crypto, tombstones, receipts, memory, deletes, room, network, nodes, hooks } = this.#components;
    const { key, result } = opening;
    const sender = key.peer;
    const { messageId } = result;
    const lifetime = Math.min(result.lifetime, MAX_MESSAGE_LIFETIME);
    const storageId = storageIdOf(crypto, envelope);
    const first = this.#codes.get(messageId) ?? tombstones.findMessage(sender, messageId);
    const type = result.outcome === 'opened' ? result.type : undefined;
    const isService = type !== undefined && isServiceType(type);
    // A message known already takes no room, nor do receipts and keys.
    if (first === undefined && !isService && !room.takes(sender, this.#placed)) {
      return { code: 'busy', turnedAway: sender };
    }
    const silent = type === PLAIN_TYPE.receipts;
    this.#memory ??= memory.turn(this.#writes, sender);
    const owesReceipt = !silent && !this.#codes.has(messageId) && !receipts.has(sender, messageId);
    if (!this.#memory.takes({ owesReceipt })) return { code: 'busy' };
    nodes.noteHeard(sender);
    this.#keys.push(key);
    if (isService) this.#complete();
    const code = first ?? (await this.#place(origin, opening));
    this.#codes.set(messageId, code);
    const tombstone: TagTombstone = {
      storageId,
      sender,
      messageId,
      preKeyId: preKeyId(key.batch, key.index),
      code,
      ...(silent ? { silent: true } : {}),
    };
    tombstones.add(this.#writes, key.tag, tombstone, lifetime);
    if (!tombstone.silent) {
      const mail = origin.via === 'stored';
      // While the sender is connected it goes out at once.
      const sent = !mail || network.isProven(sender);
      receipts.owe(this.#writes, sender, { messageId, code }, { lifetime, sent, mail });
    }
    if (origin.via === 'stored') deletes.owe(this.#writes, origin.node, storageId);
    if (code === 'malformed') this.#writes.afterCommit(() => hooks.onMalformed(sender, messageId));
    return first === undefined ? { ...answer(tombstone), code } : answer(tombstone);
  }

  /** Makes it durable, if there is anything. @throws ErrStore, ErrLocalStorageFull; nothing is consumed then */
  async commit(): Promise<void> {
    this.#complete();
    if (this.#writes.size === 0) return;
    await this.#writes.commit();
    this.#components.handOver.offer();
  }

  /** Before what mail says of the stock, which does not count the keys consumed until then. */
  #complete(): void {
    this.#components.forwardSecurity.consume(this.#writes, this.#keys);
    this.#keys = [];
    this.#isComplete = true;
  }

  /** Puts a new message into the inbox, or does what receipts and keys are there for. */
  async #place(origin: Origin, { key, result }: AuthenticOpening): Promise<ReceiptCode> {
    if (result.outcome !== 'opened') return result.outcome;
    const { effects, inbox, vault, clock } = this.#components;
    const { type, data, messageId, timestamp } = result;
    if (isServiceType(type)) return effects.apply(this.#writes, key.peer, type, data);
    const { ref, secret } = await allocateSlot(vault);
    this.#placed += 1;
    const sentAt = timestamp * 1000;
    const fields = {
      sender: key.peer,
      messageId,
      via: origin.via,
      sentAt,
      receivedAt: clock.wall(),
      ref,
    };
    inbox.add(this.#writes, fields, { type, data }, secret);
    return 'ok';
  }
}
