import { ByteMap } from '../../byte-map';
import { sameBytes } from '../../bytes';
import { MAX_MESSAGE_LIFETIME } from '../../constants';
import type { ForwardSecurityManager } from '../../forward-security/forward-security-manager';
import type { IssuedKey } from '../../forward-security/key-records';
import type { AuthenticOpening } from '../../forward-security/opening';
import type { PeerNetwork } from '../../network/peer-network';
import type { Content } from '../../protocol/envelope/content';
import {
  isLargeHead,
  readLargeContent,
  type LargeContent,
} from '../../protocol/envelope/large/large-content';
import type { HasRoom, OpenResult } from '../../protocol/envelope/open';
import { PLAIN_TYPE } from '../../protocol/envelope/message-types';
import { preKeyId, storageIdOf } from '../../protocol/names';
import type { WriteBatch } from '../../store/store';
import type { PublicKey } from '../../types';
import type { AsyncClientHooks } from '../client-options';
import type { BaseComponents } from '../components';
import type { Inbox } from '../journal/inbox';
import type { HandOver } from './hand-over';
import type { InboxRoom } from './inbox-room';
import { isServiceType, type ServiceMailEffects } from './service-mail-effects';
import type { FriendMemory, MemoryTurn } from '../journal/friend-memory';
import type { OwedDeletes } from '../journal/owed-deletes';
import type { OwedReceipts } from '../journal/owed-receipts';
import { NO_LOAD, sumOf } from '../journal/load';
import type { Arrival, Placed } from './intake-turn';
import { type ChunkPlace, LargeIntake, type LargeIntakeComponents } from './large/large-intake';
import { answer, type Origin, type Received } from './receive-result';
import { allocateSlot } from '../../store/vault/slot-box';
import type { ReceiptCode } from '../../protocol/codes';
import type { TagTombstone, Tombstones } from '../journal/tombstones';
import type { StorageNodes } from '../storage-nodes/storage-nodes';

export interface IntakeBatchComponents
  extends LargeIntakeComponents, Pick<BaseComponents, 'crypto' | 'clock' | 'store' | 'vault'> {
  readonly forwardSecurity: Pick<ForwardSecurityManager, 'consume'>;
  readonly network: Pick<PeerNetwork, 'isProven'>;
  readonly inbox: Pick<Inbox, 'add'>;
  readonly tombstones: Pick<Tombstones, 'add' | 'addDead' | 'findMessage'>;
  readonly receipts: Pick<OwedReceipts, 'has' | 'owe'>;
  readonly memory: Pick<FriendMemory, 'turn'>;
  readonly deletes: Pick<OwedDeletes, 'owe'>;
  readonly effects: Pick<ServiceMailEffects, 'apply'>;
  /** Without room for it mail stays where it is. */
  readonly room: Pick<InboxRoom, 'hasSpace' | 'takes'>;
  readonly handOver: Pick<HandOver, 'offer'>;
  readonly nodes: Pick<StorageNodes, 'noteHeard'>;
  readonly hooks: Pick<AsyncClientHooks, 'onArrived' | 'onMalformed'>;
}

type Opened = Extract<OpenResult, { outcome: 'opened' }>;

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
  /** What goes into the inbox. */
  #placed = NO_LOAD;
  /** The last message that was looked for among those of earlier batches. */
  #lookedUp: { readonly messageId: Uint8Array; readonly code: ReceiptCode | undefined } | undefined;
  #isEmpty = true;
  #isComplete = false;
  /** All are of one friend. */
  #memory: MemoryTurn | undefined;
  readonly #large: LargeIntake;

  constructor(components: IntakeBatchComponents) {
    this.#components = components;
    this.#writes = components.store.batch();
    this.#large = new LargeIntake(components, {
      writes: this.#writes,
      memory: (sender) => this.#memoryOf(sender),
      place: (fields, content) => this.#placeInInbox(fields, content),
    });
  }

  /** Nothing may be added: it ends with what it has. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** @returns the answer, to be given only after the commit; undefined when it has to have a batch of its own */
  async add(arrival: Arrival, opening: AuthenticOpening): Promise<Received | undefined> {
    const { result } = opening;
    const content = result.outcome === 'opened' ? readLargeContent(result) : 'none';
    try {
      const unfinished = this.#components.assemblies.find(opening.key.peer, result.messageId);
      const isAlone = typeof content === 'object' || unfinished !== undefined;
      if (isAlone && !this.#isEmpty) return undefined;
      this.#isEmpty = false;
      const received = await this.#add(arrival, opening, content);
      if (isAlone) this.#complete();
      return received;
    } finally {
      if (result.outcome === 'opened') this.#components.crypto.wipe(result.data);
      if (typeof content === 'object') this.#large.wipeContent(content);
    }
  }

  /**
   * Whether a message of this sender may be taken as far as the inbox goes; asked before its data is read. One that is
   * known already takes no room, nor do receipts and keys; the head of a large message has a rule of its own.
   */
  hasRoomFor(sender: PublicKey): HasRoom {
    const { room } = this.#components;
    return (messageId, content) =>
      isServiceType(content.type) ||
      isLargeHead(content) ||
      this.#firstAnswer(sender, messageId) !== undefined ||
      room.takes(sender, content.data.length, this.#placed);
  }

  /** A chunk that came; the tag says of what. */
  async addChunk(arrival: Arrival, place: ChunkPlace): Promise<Received> {
    const { nodes, deletes, crypto } = this.#components;
    const { envelope, origin } = arrival;
    this.#isEmpty = false;
    const received = await this.#large.takeChunk(arrival, place);
    if (received.code !== 'ok') return received;
    nodes.noteHeard(place.assembly.sender);
    if (origin.via === 'stored') deletes.owe(this.#writes, origin.node, storageIdOf(crypto, envelope));
    return received;
  }

  async #add(
    arrival: Arrival,
    opening: AuthenticOpening,
    content: ReturnType<typeof readLargeContent>,
  ): Promise<Received> {
    const { assemblies, tombstones, receipts, room, network, nodes, hooks } = this.#components;
    const { origin } = arrival;
    const { key, result } = opening;
    const sender = key.peer;
    const { messageId } = result;
    const lifetime = Math.min(result.lifetime, MAX_MESSAGE_LIFETIME);
    const first = this.#firstAnswer(sender, messageId);
    if (first === undefined && result.outcome === 'opened' && typeof content === 'object') {
      return this.#addHead(arrival, key, result, content);
    }
    const type = result.outcome === 'opened' ? result.type : undefined;
    const isService = type !== undefined && isServiceType(type);
    const bytes = result.outcome === 'opened' ? result.data.length : 0;
    // A message known already takes no room, nor do receipts and keys.
    if (first === undefined && !isService && !room.takes(sender, bytes, this.#placed)) {
      return { code: 'busy', turnedAway: { sender, bytes } };
    }
    const silent = type === PLAIN_TYPE.receipts;
    const owesReceipt = !silent && !this.#codes.has(messageId) && !receipts.has(sender, messageId);
    if (!this.#memoryOf(sender).takes({ owesReceipt })) return { code: 'busy' };
    nodes.noteHeard(sender);
    const unfinished = assemblies.find(sender, messageId);
    if (unfinished) this.#large.putOff(unfinished);
    const storageId = this.#use(arrival, key);
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
      ...(typeof content === 'object' ? { large: 'head' } : {}),
    };
    tombstones.add(this.#writes, key.tag, tombstone, lifetime);
    if (!tombstone.silent) {
      const mail = origin.via === 'stored';
      // While the sender is connected it goes out at once.
      const sent = !mail || network.isProven(sender);
      receipts.owe(this.#writes, sender, { messageId, code }, { lifetime, sent, mail });
    }
    if (code === 'malformed') this.#writes.afterCommit(() => hooks.onMalformed(sender, messageId));
    return first === undefined ? { ...answer(tombstone), code } : answer(tombstone);
  }

  /** Nothing is owed for it but the delete: its message is answered when it is complete. */
  async #addHead(arrival: Arrival, key: IssuedKey, result: Opened, content: LargeContent): Promise<Received> {
    const received = await this.#large.takeHead(arrival, key, result, content);
    if (received.code === 'busy') return received;
    this.#components.nodes.noteHeard(key.peer);
    this.#use(arrival, key);
    return received;
  }

  /** The key dies, and the envelope need not stay where it lies. @returns its storage id */
  #use({ envelope, origin }: Arrival, key: IssuedKey): Uint8Array {
    const { crypto, deletes } = this.#components;
    const storageId = storageIdOf(crypto, envelope);
    this.#keys.push(key);
    if (origin.via === 'stored') deletes.owe(this.#writes, origin.node, storageId);
    return storageId;
  }

  /** To a message that is known. Asked twice for each: whether there is room, and for its answer. */
  #firstAnswer(sender: PublicKey, messageId: Uint8Array): ReceiptCode | undefined {
    const here = this.#codes.get(messageId);
    if (here !== undefined) return here;
    if (this.#lookedUp === undefined || !sameBytes(this.#lookedUp.messageId, messageId)) {
      this.#lookedUp = { messageId, code: this.#components.tombstones.findMessage(sender, messageId) };
    }
    return this.#lookedUp.code;
  }

  #memoryOf(sender: PublicKey): MemoryTurn {
    this.#memory ??= this.#components.memory.turn(this.#writes, sender);
    return this.#memory;
  }

  /** Makes it durable, if there is anything. @throws ErrStore, ErrLocalStorageFull; nothing is consumed then */
  async commit(): Promise<void> {
    this.#large.keep();
    this.#complete();
    if (this.#writes.size === 0) return;
    await this.#writes.commit();
    this.#components.handOver.offer();
  }

  /** The batch is over, whatever became of it: nothing that it read stays in memory. */
  wipe(): void {
    this.#large.wipe();
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
    const { type, data, messageId, timestamp } = result;
    const sender = key.peer;
    if (isServiceType(type)) return this.#components.effects.apply(this.#writes, sender, type, data);
    await this.#placeInInbox(
      { sender, messageId, via: origin.via, sentAt: timestamp * 1000 },
      { type, data },
    );
    return 'ok';
  }

  async #placeInInbox(fields: Placed, content: Content): Promise<void> {
    const { inbox, vault, clock, hooks } = this.#components;
    const { ref, secret } = await allocateSlot(vault);
    this.#placed = sumOf(this.#placed, { messages: 1, bytes: content.data.length });
    inbox.add(this.#writes, { ...fields, receivedAt: clock.wall(), ref }, content, secret);
    this.#writes.afterCommit(() => hooks.onArrived(fields.sender));
  }
}
