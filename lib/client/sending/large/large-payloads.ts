import type { CryptoProvider } from '../../../crypto/provider';
import { sealChunk, type SealedChunk } from '../../../protocol/envelope/large/chunk';
import { splitLarge, type SplitLarge } from '../../../protocol/envelope/large/split-large';
import type { Timer, Timers } from '../../../platform/timers';
import { mailboxOf } from '../../../protocol/names';
import type { SecretVault } from '../../../store/vault/secret-vault';
import type { Outbox, OutboxEntry } from '../../journal/outgoing/outbox';

/** Messages whose bytes are in memory at a time; more of them are opened again for each chunk. */
const MOST_OPEN = 4;
/** What was not used for as long as this, milliseconds, is wiped. */
const IDLE = 10_000;

interface OpenPayload {
  readonly data: Uint8Array;
  readonly split: SplitLarge;
  readonly mailbox: Uint8Array;
  usedLately: boolean;
}

export interface LargePayloadsComponents {
  readonly crypto: CryptoProvider;
  readonly timers: Timers;
  readonly vault: Pick<SecretVault, 'read'>;
  readonly outbox: Pick<Outbox, 'plaintext'>;
}

export interface LargePayloadsInit {
  /** The vault lost the message. */
  readonly onLost: (entry: OutboxEntry) => void;
}

/** The chunks of large messages, made when they are needed: the same bytes each time, after a restart too. */
export class LargePayloads {
  readonly #components: LargePayloadsComponents;
  readonly #init: LargePayloadsInit;
  /** By sequence of the message, the one used last at the end. */
  readonly #open = new Map<number, OpenPayload>();
  #timer: Timer | undefined;

  constructor(components: LargePayloadsComponents, init: LargePayloadsInit) {
    this.#components = components;
    this.#init = init;
  }

  /** undefined, and the message ends, when the vault lost it. @param index from 0 */
  chunk(entry: OutboxEntry, index: number): SealedChunk | undefined {
    const payload = this.#payloadOf(entry);
    const data = payload?.split.chunks[index];
    if (payload === undefined || data === undefined) return undefined;
    const { mailbox, split } = payload;
    return sealChunk(this.#components.crypto, { mailbox, key: split.key, index }, data);
  }

  /** Wipes all. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const sequence of this.#open.keys()) this.#close(sequence);
  }

  #tidyLater(): void {
    this.#timer ??= this.#components.timers.after(IDLE, () => {
      this.#timer = undefined;
      for (const [sequence, payload] of this.#open) {
        if (!payload.usedLately) this.#close(sequence);
        payload.usedLately = false;
      }
      if (this.#open.size > 0) this.#tidyLater();
    });
  }

  #payloadOf(entry: OutboxEntry): OpenPayload | undefined {
    const payload = this.#open.get(entry.sequence) ?? this.#read(entry);
    if (payload === undefined) return undefined;
    payload.usedLately = true;
    this.#tidyLater();
    this.#open.delete(entry.sequence);
    this.#open.set(entry.sequence, payload);
    for (const sequence of this.#open.keys()) {
      if (this.#open.size <= MOST_OPEN) break;
      this.#close(sequence);
    }
    return payload;
  }

  #read(entry: OutboxEntry): OpenPayload | undefined {
    const { crypto, vault, outbox } = this.#components;
    const secret = vault.read(entry.ref);
    const data = outbox.plaintext(entry);
    if (secret === undefined || data === undefined) {
      this.#init.onLost(entry);
      return undefined;
    }
    const split = splitLarge(crypto, { data, secret, messageId: entry.messageId });
    crypto.wipe(secret);
    crypto.wipe(split.head);
    return { data, split, mailbox: mailboxOf(crypto, entry.friend), usedLately: true };
  }

  #close(sequence: number): void {
    const payload = this.#open.get(sequence);
    if (payload === undefined) return;
    this.#components.crypto.wipe(payload.data);
    this.#components.crypto.wipe(payload.split.key);
    this.#open.delete(sequence);
  }
}
