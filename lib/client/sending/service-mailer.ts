import type { ForwardSecurityManager } from '../../forward-security/forward-security-manager';
import type { StorageNodes } from '../storage-nodes/storage-nodes';
import type { Timer } from '../../platform/timers';
import { decodeExchange } from '../../protocol/keys/exchange';
import { encodeMailKeys, MAX_MAIL_KEYS } from '../../protocol/keys/mail-keys';
import { encodeMailReceipts } from '../../protocol/keys/mail-receipts';
import { ReceiptPacking } from '../../protocol/keys/receipt-packing';
import { PLAIN_TYPE } from '../../protocol/envelope/message-types';
import type { WriteBatch } from '../../store/store';
import type { PublicKey } from '../../types';
import type { AsyncClientHooks } from '../client-options';
import type { BaseComponents } from '../components';
import type { Outbox } from '../journal/outgoing/outbox';
import type { OwedReceipts } from '../journal/owed-receipts';
import type { DirectDelivery } from './direct-delivery';
import type { KeyedQueue } from '../../platform/queues/keyed-queue';
import type { Wakeup } from '../wakeup';
import type { ServiceContent, ServiceEntry, ServiceMail } from '../journal/service-mail';

/** Milliseconds between two looks at what is due. */
const LOOK_INTERVAL = 10_000;
const HOUR = 3600;
const DAY = 24 * HOUR;
/** Receipts for one friend are mailed at most this often, and keys asked for; seconds. */
const RECEIPTS_INTERVAL = 600;
/** And at most this often, seconds, when more than this many are due: a stream must not wait for its receipts. */
const MANY_INTERVAL = 60;
const MANY_RECEIPTS = 200;
const ASK_INTERVAL = DAY;
/** Receipts that were mailed before are mailed again at most this often, and only while so many keys can be used. */
const AGAIN_INTERVAL = DAY / 2;
const AGAIN_STOCK = 20;
/** After a friend refused keys by mail it gets none for this long. */
const REFUSED_INTERVAL = DAY;
/** Keys are mailed to nobody who may be about to connect: not before this many seconds after the start. */
const SETTLING = 60;
const RECEIPTS_LIFETIME = DAY;
const KEYS_LIFETIME = 7 * DAY;

export interface ServiceMailerComponents extends Pick<
  BaseComponents,
  'crypto' | 'random' | 'timers' | 'store' | 'ages' | 'clock'
> {
  readonly direct: Pick<DirectDelivery, 'isHere'>;
  readonly nodes: Pick<StorageNodes, 'candidates'>;
  readonly forwardSecurity: ForwardSecurityManager;
  readonly outbox: Pick<Outbox, 'waitsForKey'>;
  readonly receipts: OwedReceipts;
  readonly mail: ServiceMail;
  readonly queues: KeyedQueue;
  readonly wakeup: Pick<Wakeup, 'friend'>;
  readonly hooks: Pick<AsyncClientHooks, 'onError'>;
}

/**
 * Mails receipts and keys to friends whom we do not meet (docs/PROTOCOL.md, "Keys and receipts by mail"). Nothing
 * is sealed while it could not be deposited, since each envelope uses a key up.
 */
export class ServiceMailer {
  readonly #components: ServiceMailerComponents;
  #timer: Timer | undefined;
  #startedAt = 0;

  constructor(components: ServiceMailerComponents) {
    this.#components = components;
  }

  start(): void {
    this.#startedAt = this.#components.ages.now();
    this.#schedule();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #schedule(): void {
    this.#timer = this.#components.timers.after(LOOK_INTERVAL, () => {
      this.#look();
      this.#schedule();
    });
  }

  #look(): void {
    const { receipts, forwardSecurity, ages } = this.#components;
    for (const peer of receipts.duePeers()) this.#run(peer, () => this.#mailReceipts(peer));
    if (ages.now() - this.#startedAt < SETTLING) return;
    for (const peer of forwardSecurity.held.peers())
      if (this.#mayMailKeys(peer)) this.#run(peer, () => this.#mailKeys(peer));
  }

  /** Cheap where nothing is due, which is nearly always. */
  #mayMailKeys(peer: PublicKey): boolean {
    const { direct, mail, forwardSecurity } = this.#components;
    if (direct.isHere(peer)) return false;
    if (mail.of(peer, 'keys').length > 0) return true;
    const isDue = forwardSecurity.issued.shortage(peer, { mail: true }) > 0 || this.#waitsForKeys(peer);
    return isDue && this.#canMail(peer);
  }

  async #mailReceipts(peer: PublicKey): Promise<void> {
    const { receipts, mail, ages, forwardSecurity, store } = this.#components;
    const { receipts: lastAt = -Infinity, again: againAt = -Infinity } = mail.lastSealed(peer);
    const sendable = forwardSecurity.held.sendable(peer);
    const count = receipts.dueCount(peer);
    // Nodes say what turns up again: with that alone they must not use up the friend's keys.
    const mayRepeat = sendable >= AGAIN_STOCK && ages.now() - againAt >= AGAIN_INTERVAL;
    if (sendable === 0 || (count === 0 && !mayRepeat)) return;
    const interval = count > MANY_RECEIPTS ? MANY_INTERVAL : RECEIPTS_INTERVAL;
    if (!this.#canMail(peer) || ages.now() - lastAt < interval) return;
    const { first, again } = receipts.dueTo(peer);
    if (first.length === 0 && (again.length === 0 || !mayRepeat)) return;
    const packing = new ReceiptPacking(first, again);
    const writes = store.batch();
    const data = encodeMailReceipts(packing.content(this.#heldAfter(peer)));
    this.#seal(writes, peer, { kind: 'receipts', ...(first.length === 0 && { again: true }) }, data);
    receipts.markMailed(writes, peer, packing.packed);
    await writes.commit();
    this.#components.wakeup.friend(peer);
  }

  async #mailKeys(peer: PublicKey): Promise<void> {
    const { mail, ages, forwardSecurity, store } = this.#components;
    const { issued, held } = forwardSecurity;
    const now = ages.now();
    const { keys: lastAt = -Infinity, refused = -Infinity } = mail.lastSealed(peer);
    const underWay = mail.of(peer, 'keys').filter(({ content }) => {
      return content.kind === 'keys' && issued.isPending(peer, content.batch);
    });
    const isOver = ({ acceptedAt }: ServiceEntry) => now - acceptedAt >= KEYS_LIFETIME;
    const asks = this.#waitsForKeys(peer) && now - lastAt >= ASK_INTERVAL;
    const wanted = issued.shortage(peer, { mail: true });
    const due = (wanted > 0 && underWay.every(isOver)) || asks;
    const seals = due && now - refused >= REFUSED_INTERVAL && this.#canMail(peer);
    const isReplaceable = held.next(peer, 'keys') !== undefined;
    // Without a key left for another, nothing else asks for keys, or gives them.
    const stays = (entry: ServiceEntry) =>
      underWay.includes(entry) && !seals && !(isOver(entry) && isReplaceable);
    const leaving = mail.of(peer, 'keys').filter((entry) => !stays(entry));
    const ending = mail
      .of(peer, 'keys')
      .filter((entry) => stays(entry) && entry.acceptedAt + entry.lifetime <= now);
    if (!seals && leaving.length === 0 && ending.length === 0) return;
    const writes = store.batch();
    for (const entry of leaving) mail.remove(writes, entry);
    for (const entry of ending) mail.prolong(writes, entry, KEYS_LIFETIME);
    if (seals)
      await this.#sealKeys(writes, peer, wanted > 0 ? Math.min(wanted, MAX_MAIL_KEYS) : MAX_MAIL_KEYS);
    await writes.commit();
    this.#components.wakeup.friend(peer);
  }

  /** A batch that waits for its acknowledgement, or a new one of `count` keys. */
  async #sealKeys(writes: WriteBatch, peer: PublicKey, count: number): Promise<void> {
    const { crypto, forwardSecurity } = this.#components;
    const { issued } = forwardSecurity;
    const pending = issued.pendingMail(peer, MAX_MAIL_KEYS);
    const { batch, exchange } = pending ?? (await issued.issue(writes, peer, count, { mailed: true }));
    if (pending !== undefined) issued.markMailed(writes, peer, batch);
    const { valid, seed, keys } = decodeExchange(exchange);
    const data = encodeMailKeys({ batch, valid, held: this.#heldAfter(peer), seed, keys });
    this.#seal(writes, peer, { kind: 'keys', batch }, data);
    for (const secret of [exchange, seed, data]) crypto.wipe(secret);
  }

  #seal(writes: WriteBatch, peer: PublicKey, content: ServiceContent, data: Uint8Array): void {
    const { forwardSecurity, mail, random, clock } = this.#components;
    const isKeys = content.kind === 'keys';
    const lifetime = isKeys ? KEYS_LIFETIME : RECEIPTS_LIFETIME;
    const sealed = forwardSecurity.seal(writes, {
      recipientPk: peer,
      data,
      type: isKeys ? PLAIN_TYPE.keys : PLAIN_TYPE.receipts,
      messageId: random.bytes(32),
      lifetime,
      timestamp: Math.max(0, Math.floor(clock.wall() / 1000)),
      use: isKeys ? 'keys' : 'sendable',
    });
    if (sealed === undefined) return;
    const { messageId, envelope, preKeyId, storageId } = sealed;
    const fields = { friend: peer, messageId, content, envelope, lifetime };
    mail.add(writes, { ...fields, sealed: { preKeyId, storageId } });
  }

  /** The friend is away, a node could take mail for it, and a key is there to seal it to. */
  #canMail(peer: PublicKey): boolean {
    const { direct, nodes, forwardSecurity } = this.#components;
    return (
      !direct.isHere(peer) &&
      nodes.candidates(peer).length > 0 &&
      forwardSecurity.held.next(peer, 'keys') !== undefined
    );
  }

  /** A message or a receipt is there that no key is left for. */
  #waitsForKeys(peer: PublicKey): boolean {
    const { outbox, receipts, forwardSecurity } = this.#components;
    if (forwardSecurity.hasKeyFor(peer, 'ordinary')) return false;
    if (outbox.waitsForKey(peer)) return true;
    return receipts.dueCount(peer) > 0 && !forwardSecurity.hasKeyFor(peer, 'sendable');
  }

  /** Keys of the friend that are left once the next envelope is sealed. */
  #heldAfter(peer: PublicKey): number {
    return Math.max(0, this.#components.forwardSecurity.held.held(peer) - 1);
  }

  #run(peer: PublicKey, task: () => Promise<void>): void {
    const { direct, queues, hooks } = this.#components;
    if (direct.isHere(peer)) return;
    queues.run(peer, task).catch((error: unknown) => hooks.onError(error));
  }
}
