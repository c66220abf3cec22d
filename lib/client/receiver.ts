import { sameBytes, utf8 } from '../bytes';
import { MAX_MESSAGE_LIFETIME, MessageType } from '../constants';
import type { CryptoProvider } from '../crypto/provider';
import { ToxAsyncError } from '../errors';
import type { ForwardSecurityManager } from '../forward-security/forward-security-manager';
import type { AuthenticOpening } from '../forward-security/opening';
import type { Random } from '../platform/random';
import type { CodeWord } from '../protocol/codes';
import { readEnvelopeHeader } from '../protocol/envelope';
import { PLAIN_TYPE } from '../protocol/message-types';
import { storageIdOf } from '../protocol/names';
import type { SecretVault } from '../store/secret-vault';
import type { Store, WriteBatch } from '../store/store';
import type { PublicKey } from '../types';
import type { Inbox } from './inbox';
import { isServiceType, type MailEffects } from './mail-effects';
import type { OwedDeletes } from './owed-deletes';
import type { OwedReceipts } from './owed-receipts';
import type { PeerQueues } from './peer-queues';
import { allocateSlot } from './slot-seal';
import type { ReceiptCode, TagTombstone, Tombstones } from './tombstones';

/** Where an envelope came from: the friend itself, or a storage node. */
export type Origin =
  { readonly via: 'direct'; readonly peer: PublicKey } | { readonly via: 'stored'; readonly node: PublicKey };

/** Codes of an answer to `deliver`. */
export type ReceiveCode = Extract<
  CodeWord,
  | 'ok'
  | 'known'
  | 'unknown-tag'
  | 'forged'
  | 'malformed'
  | 'unsupported'
  | 'busy'
  | 'bad-request'
  | 'not-yours'
>;

export interface Received {
  readonly code: ReceiveCode | 'incomplete';
  /** With 'unknown-tag': this data directory never saw the key used, so another copy of it may have issued it. */
  readonly unheardOf?: true;
  /** Whom the message is from and which it is, once the envelope opened. */
  readonly message?: {
    readonly sender: PublicKey;
    readonly messageId: Uint8Array;
    readonly receipt: ReceiptCode;
  };
}

export interface ReceiverParts {
  readonly crypto: CryptoProvider;
  readonly random: Random;
  readonly store: Store;
  readonly vault: SecretVault;
  readonly forwardSecurity: ForwardSecurityManager;
  readonly queues: PeerQueues;
  readonly inbox: Inbox;
  readonly tombstones: Tombstones;
  readonly receipts: OwedReceipts;
  readonly deletes: OwedDeletes;
  readonly effects: Pick<MailEffects, 'apply'>;
  /** Unix milliseconds. */
  readonly wall: () => number;
  /** False while the disk is nearly full or too many messages wait: mail stays where it is. */
  readonly hasRoom: () => boolean;
  /** Whether a receipt can go out at once. */
  readonly hasSession: (peer: PublicKey) => boolean;
  /** Told after the commit. */
  readonly onTaken: () => void;
  readonly onError: (error: unknown) => void;
  readonly onMalformed: (sender: PublicKey, messageId: Uint8Array) => void;
}

/**
 * Takes envelopes in. A key is consumed only after the message authenticated, in one durable batch with the
 * inbox entry, the tombstone, the owed receipt and the owed delete.
 */
export class Receiver {
  readonly #o: ReceiverParts;

  constructor(parts: ReceiverParts) {
    this.#o = parts;
  }

  /** @throws ErrStore, ErrLocalStorageFull when the batch cannot be made durable; nothing is consumed then */
  async receive(envelope: Uint8Array, origin: Origin): Promise<Received> {
    const opening = this.#o.forwardSecurity.open(envelope);
    switch (opening.outcome) {
      case 'bad-request':
      case 'not-yours':
        return { code: opening.outcome };
      case 'unknown-tag':
        return this.#known(envelope);
      default:
        if (origin.via === 'direct' && !sameBytes(origin.peer, opening.key.peer))
          return { code: 'not-yours' };
        return this.#o.queues.run(opening.key.peer, () => this.#take(envelope, origin));
    }
  }

  /** An ordinary Tox message has no id and no receipt of ours: it gets a random id and waits like the others. */
  async receiveTox(sender: PublicKey, type: 'normal' | 'action', text: string): Promise<void> {
    const { store, inbox, vault, random, wall, onTaken, onError } = this.#o;
    if (!this.#o.hasRoom()) {
      onError(
        new ToxAsyncError(
          'ErrLocalStorageFull',
          'An ordinary Tox message was dropped: the inbox or the disk is full. Free space, or let a flow take what waits.',
        ),
      );
      return;
    }
    const slot = await allocateSlot(vault);
    const writes = store.batch();
    const messageId = random.bytes(32);
    const fields = { sender, messageId, type: type === 'action' ? MessageType.Action : MessageType.Normal };
    const now = wall();
    inbox.add(
      writes,
      { ...fields, via: 'tox', sentAt: 0, receivedAt: now, ref: slot.ref },
      utf8(text),
      slot.secret,
    );
    await writes.commit();
    onTaken();
  }

  /** A key that we no longer have: the same envelope is known, any other is not. */
  #known(envelope: Uint8Array): Received {
    const { tombstones, crypto } = this.#o;
    const tombstone = tombstones.findTag(readEnvelopeHeader(envelope).tag);
    if (tombstone === undefined) return { code: 'unknown-tag', unheardOf: true };
    if (!sameBytes(tombstone.storageId, storageIdOf(crypto, envelope))) return { code: 'unknown-tag' };
    return answer(tombstone);
  }

  async #take(envelope: Uint8Array, origin: Origin): Promise<Received> {
    // Opened again: another copy may have consumed the key while this one waited for its turn.
    const opening = this.#o.forwardSecurity.open(envelope);
    switch (opening.outcome) {
      case 'bad-request':
      case 'not-yours':
        return { code: opening.outcome };
      case 'unknown-tag':
        return this.#known(envelope);
      case 'forged':
        return { code: 'forged' };
      case 'opened':
      case 'malformed':
      case 'unsupported':
        return this.#consume(envelope, origin, opening);
    }
  }

  async #consume(envelope: Uint8Array, origin: Origin, opening: AuthenticOpening): Promise<Received> {
    const { store, forwardSecurity, tombstones, receipts, deletes, crypto, hasRoom, hasSession } = this.#o;
    const { key, result } = opening;
    const sender = key.peer;
    const { messageId } = result;
    const lifetime = Math.min(result.lifetime, MAX_MESSAGE_LIFETIME);
    const storageId = storageIdOf(crypto, envelope);
    const first = tombstones.findMessage(sender, messageId);
    const type = result.outcome === 'opened' ? result.type : undefined;
    const isService = type !== undefined && isServiceType(type);
    // A message known already takes no room, nor do receipts and keys.
    if (first === undefined && !isService && !hasRoom()) return { code: 'busy' };
    const writes = store.batch();
    // Before what mail says of the stock, which does not count this key any more.
    forwardSecurity.consume(writes, key);
    const code = first ?? (await this.#place(writes, origin, opening));
    const tombstone: TagTombstone = {
      storageId,
      sender,
      messageId,
      code,
      ...(type === PLAIN_TYPE.receipts ? { silent: true } : {}),
    };
    tombstones.add(writes, key.tag, tombstone, lifetime);
    if (!tombstone.silent) {
      const mail = origin.via === 'stored';
      const sent = !mail || hasSession(sender);
      receipts.owe(writes, sender, { messageId, code }, { lifetime, sent, mail });
    }
    if (origin.via === 'stored') deletes.owe(writes, origin.node, storageId);
    await writes.commit();
    this.#o.onTaken();
    if (code === 'malformed') this.#o.onMalformed(sender, messageId);
    return first === undefined ? { ...answer(tombstone), code } : answer(tombstone);
  }

  /** Puts a new message into the inbox, or does what receipts and keys are there for. */
  async #place(writes: WriteBatch, origin: Origin, { key, result }: AuthenticOpening): Promise<ReceiptCode> {
    if (result.outcome !== 'opened') return result.outcome;
    if (isServiceType(result.type)) return this.#o.effects.apply(writes, key.peer, result.type, result.data);
    if (result.type !== MessageType.Normal && result.type !== MessageType.Action) return 'unsupported';
    const { inbox, vault, wall, crypto } = this.#o;
    const slot = await allocateSlot(vault);
    inbox.add(
      writes,
      {
        sender: key.peer,
        messageId: result.messageId,
        type: result.type,
        via: origin.via,
        sentAt: result.timestamp * 1000,
        receivedAt: wall(),
        ref: slot.ref,
      },
      result.data,
      slot.secret,
    );
    crypto.wipe(result.data);
    return 'ok';
  }
}

/** The answer to something that was consumed before. */
function answer({ sender, messageId, code, silent }: TagTombstone): Received {
  const known = code === 'ok' ? 'known' : code;
  return silent ? { code: known } : { code: known, message: { sender, messageId, receipt: code } };
}
