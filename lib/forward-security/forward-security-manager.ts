import { sameBytes } from '../bytes';
import { DEFAULT_MESSAGE_LIFETIME, MessageType } from '../constants';
import { KEY_BYTES } from '../crypto/lengths';
import { checkPublicKey } from '../crypto/public-key';
import { ToxAsyncError } from '../errors';
import { readEnvelopeHeader } from '../protocol/envelope/envelope';
import { decodeExchange, verifyExchange } from '../protocol/keys/exchange';
import { mailboxOf, preKeyId } from '../protocol/names';
import { type HasRoom, openEnvelope } from '../protocol/envelope/open';
import { sealEnvelope } from '../protocol/envelope/seal';
import type { WriteBatch } from '../store/store';
import type { PublicKey } from '../types';
import type { DrawnKey, HeldKeys, TakeResult } from './held-keys';
import { type ForwardSecurityOptions, unixSeconds } from './forward-security-options';
import type { DecryptedMessage, ForwardSecureMessage, SealRequest } from './forward-secure-message';
import type { IssuedKeys } from './issued/issued-keys';
import type { KeyUse } from './key-limits';
import type { IssuedKey } from './key-records';
import { readOwnSecrets } from './key-slots';
import { assertAuthentic, type Opening, type TurnedAway } from './opening';
import { PreKeyStore } from './pre-key-store';

/**
 * The specification's ForwardSecurityManager (docs/SPECIFICATION.md#forwardsecuritymanager): one key seals one
 * message, and a key dies with the message it opened.
 */
export class ForwardSecurityManager {
  readonly preKeys: PreKeyStore;
  /** @internal */
  readonly issued: IssuedKeys;
  /** @internal */
  readonly held: HeldKeys;
  readonly #o: ForwardSecurityOptions;
  readonly #mailbox: Uint8Array;

  private constructor(options: ForwardSecurityOptions) {
    this.#o = options;
    this.#mailbox = mailboxOf(options.crypto, options.keyPair.publicKey);
    this.preKeys = new PreKeyStore(options);
    this.issued = this.preKeys.issued;
    this.held = this.preKeys.held;
  }

  /** Reads the keys of both sides from the store. @throws ErrStore */
  static create(options: ForwardSecurityOptions): Promise<ForwardSecurityManager> {
    return new Promise((resolve) => resolve(new ForwardSecurityManager(options)));
  }

  /**
   * Seals one message to one unused key of the recipient. With an open `batch` the writes join it and the
   * envelope must not leave the process before that batch is durable; without one they are durable on return.
   * @throws ErrNoPreKeys, ErrMessageTooLarge, ErrMessageEmpty, ErrInvalidKey, ErrLocalStorageFull, ErrStore
   */
  async sendForwardSecureMessage(
    recipientPk: PublicKey,
    message: Uint8Array,
    messageType: number = MessageType.Normal,
    options: { messageId?: Uint8Array; lifetime?: number; batch?: WriteBatch } = {},
  ): Promise<ForwardSecureMessage> {
    checkPublicKey(recipientPk, 'The recipient', this.#o.keyPair.publicKey);
    const writes = options.batch ?? this.#o.store.batch();
    const sealed = this.seal(writes, {
      recipientPk,
      data: message,
      type: messageType,
      messageId: options.messageId ?? this.#o.random.bytes(32),
      lifetime: options.lifetime ?? DEFAULT_MESSAGE_LIFETIME,
      timestamp: unixSeconds(this.#o.clock),
    });
    if (sealed === undefined) {
      throw new ToxAsyncError(
        'ErrNoPreKeys',
        'No one-time keys for this friend are left. New ones arrive when you are both online.',
      );
    }
    if (options.batch === undefined) await writes.commit();
    return sealed;
  }

  /** The same, at once and into `writes`; undefined when no key is left. @internal */
  seal(writes: WriteBatch, request: SealRequest): ForwardSecureMessage | undefined {
    const sealed = this.sealReturnably(writes, request);
    if (sealed) this.#o.crypto.wipe(sealed.drawn.keySecret);
    return sealed?.message;
  }

  /** The same, with the key, which can be given back as long as no byte of the envelope left. @internal */
  sealReturnably(
    writes: WriteBatch,
    request: SealRequest,
  ): { readonly message: ForwardSecureMessage; readonly drawn: DrawnKey } | undefined {
    const { crypto, random, keyPair } = this.#o;
    const drawn = this.held.draw(writes, request.recipientPk, request.use);
    if (drawn === undefined) return undefined;
    const { key, keySecret } = drawn;
    const { recipientPk, messageId, timestamp, lifetime, type, data } = request;
    const sealed = sealEnvelope(crypto, {
      sender: keyPair,
      recipient: recipientPk,
      mailbox: key.mailbox,
      preKey: key.publicKey,
      tag: key.tag,
      keySecret,
      ephemeral: { random: random.bytes(KEY_BYTES) },
      messageId,
      timestamp,
      lifetime,
      type,
      data,
    });
    this.held.spend(writes, key);
    const message = {
      messageId,
      senderPk: keyPair.publicKey,
      recipientPk,
      preKeyId: preKeyId(key.batch, key.index),
      encryptedData: sealed.inner,
      nonce: sealed.innerNonce,
      messageType: type,
      timestamp,
      expiresAt: timestamp + lifetime,
      envelope: sealed.envelope,
      storageId: sealed.storageId,
      tag: sealed.tag,
    };
    return { message, drawn };
  }

  /** Which live key of ours an envelope is sealed to, as far as its clear header says. Opens nothing. @internal */
  keyOf(envelope: Uint8Array): IssuedKey | 'bad-request' | 'not-yours' | 'unknown-tag' {
    let header;
    try {
      header = readEnvelopeHeader(envelope);
    } catch (error) {
      if (!ToxAsyncError.is(error)) throw error;
      return 'bad-request';
    }
    if (!sameBytes(header.mailbox, this.#mailbox)) return 'not-yours';
    return this.issued.find(header.tag) ?? 'unknown-tag';
  }

  /** What an envelope is, in the order of checks of docs/PROTOCOL.md; writes nothing and never throws. @internal */
  open(envelope: Uint8Array): Opening;
  /** @param hasRoom asked before the data is read, with the sender @internal */
  open(envelope: Uint8Array, hasRoom: (sender: PublicKey) => HasRoom): Opening | TurnedAway;
  open(envelope: Uint8Array, hasRoom?: (sender: PublicKey) => HasRoom): Opening | TurnedAway {
    const { crypto, vault, keyPair } = this.#o;
    const key = this.keyOf(envelope);
    if (typeof key === 'string') return { outcome: key };
    const secrets = readOwnSecrets({ crypto, vault }, key);
    if (secrets === undefined) return { outcome: 'unknown-tag' };
    const { secretKey, keySecret } = secrets;
    const result = openEnvelope(crypto, {
      envelope,
      recipient: keyPair.publicKey,
      mailbox: this.#mailbox,
      preKey: { publicKey: key.publicKey, secretKey },
      keySecret,
      sender: key.peer,
      ...(hasRoom && { hasRoom: hasRoom(key.peer) }),
    });
    crypto.wipe(secretKey);
    crypto.wipe(keySecret);
    switch (result.outcome) {
      case 'bad-request':
      case 'not-yours':
        return { outcome: result.outcome };
      case 'forged':
        return { outcome: 'forged', key };
      case 'no-room':
        return { ...result, key };
      default:
        return { outcome: result.outcome, key, result };
    }
  }

  /** The keys of openings, all of one peer, die with `writes`. @internal */
  consume(writes: WriteBatch, keys: readonly IssuedKey[]): void {
    this.issued.consume(writes, keys);
  }

  /**
   * Opens an envelope and consumes its key. With an open `batch` the consumption joins it.
   * @throws ErrMalformed, ErrNotYours, ErrUnknownTag, ErrForged (key kept)
   */
  async decryptForwardSecureMessage(
    envelope: Uint8Array,
    options: { batch?: WriteBatch } = {},
  ): Promise<DecryptedMessage> {
    const opening = assertAuthentic(this.open(envelope));
    const writes = options.batch ?? this.#o.store.batch();
    this.consume(writes, [opening.key]);
    if (options.batch === undefined) {
      await writes.commit();
      await this.#o.vault.settled();
    }
    if (opening.result.outcome !== 'opened') {
      throw new ToxAsyncError('ErrMalformed', 'The friend sent a message that this build cannot read.');
    }
    const { messageId, type, data, timestamp, lifetime } = opening.result;
    const { peer, batch, index } = opening.key;
    return {
      messageId,
      senderPk: peer,
      preKeyId: preKeyId(batch, index),
      messageType: type,
      data,
      timestamp,
      lifetime,
    };
  }

  /**
   * A batch of our keys for the peer: the one not acknowledged yet, or a new one; undefined when full. It is
   * confidential: give it to the peer alone, over a channel that nobody records, since whoever has it keeps the secret
   * that protects its messages from quantum computers.
   */
  async exchangePreKeys(peerPk: PublicKey): Promise<Uint8Array | undefined> {
    checkPublicKey(peerPk, 'The peer', this.#o.keyPair.publicKey);
    const pending = this.issued.pending(peerPk);
    if (pending === undefined) return (await this.preKeys.generatePreKeys(peerPk))?.exchange;
    const writes = this.#o.store.batch();
    this.issued.markSent(writes, peerPk, pending.batch);
    await writes.commit();
    return pending.exchange;
  }

  /**
   * Takes a peer's exchange; the caller vouches that the channel was the peer's own and kept the exchange secret, or lets
   * `isFrom` say whose it was. Idempotent.
   * @returns the batch number, whom it came from and what became of it; 'bad-mac' and 'not-yours' add nothing
   * @throws ErrMalformed
   */
  async processPreKeyExchange(
    exchange: Uint8Array,
    options: { batch?: WriteBatch; isFrom?: (owner: PublicKey) => boolean } = {},
  ): Promise<{ from: PublicKey; batch: number; result: TakeResult | 'bad-mac' | 'not-yours' }> {
    const { crypto, keyPair, store } = this.#o;
    const decoded = decodeExchange(exchange);
    const { from, to, batch } = decoded;
    const mine = sameBytes(to, keyPair.publicKey) && !sameBytes(from, to);
    if (!mine || options.isFrom?.(from) === false) return { from, batch, result: 'not-yours' };
    if (!verifyExchange(crypto, exchange, keyPair)) return { from, batch, result: 'bad-mac' };
    const writes = options.batch ?? store.batch();
    const result = await this.held.take(writes, decoded);
    if (options.batch === undefined) await writes.commit();
    return { from, batch, result };
  }

  /** Whether a key is left that may be used so. @internal */
  hasKeyFor(peerPk: PublicKey, use: KeyUse): boolean {
    return this.held.next(peerPk, use) !== undefined;
  }

  canSendMessage(peerPk: PublicKey): boolean {
    return this.held.sendable(peerPk) > 0;
  }

  getAvailableKeyCount(peerPk: PublicKey): number {
    return this.held.sendable(peerPk);
  }
}
