import type { CryptoProvider } from '../crypto/provider';
import type { SessionKeys } from '../protocol/session/handshake';
import { openSealed, sealMessage } from '../protocol/session/sealed-message';

interface Direction {
  readonly key: Uint8Array;
  counter: number;
}

interface Keys {
  readonly send: Direction;
  readonly receive: Direction;
  /** A message of the peer's opened under these keys: it has them too. */
  verified: boolean;
}

/**
 * The sealed messages of one connection. After a new agreement everything goes out under the new keys, while
 * the last ones that the peer is known to have still receive until the first message under the new ones
 * verifies.
 */
export class SealedChannel {
  readonly #crypto: CryptoProvider;
  #current: Keys | undefined;
  #previous: Keys | undefined;

  constructor(crypto: CryptoProvider) {
    this.#crypto = crypto;
  }

  /** There are keys, so messages can be sealed. */
  get ready(): boolean {
    return this.#current !== undefined;
  }

  /** The peer has the keys in use: a hello alone proves nobody. */
  get verified(): boolean {
    return this.#current?.verified ?? false;
  }

  use(keys: SessionKeys): void {
    if (this.#current?.verified) {
      this.#wipe(this.#previous);
      this.#previous = this.#current;
    } else {
      this.#wipe(this.#current);
    }
    this.#current = {
      send: { key: keys.send, counter: 0 },
      receive: { key: keys.receive, counter: 0 },
      verified: false,
    };
  }

  /** undefined without keys. */
  seal(kind: number, body: Uint8Array): Uint8Array | undefined {
    if (!this.#current) return undefined;
    const { send } = this.#current;
    send.counter += 1;
    return sealMessage(this.#crypto, send.key, send.counter, kind, body);
  }

  /** undefined when it does not open or its counter does not rise. */
  open(message: Uint8Array): { kind: number; body: Uint8Array } | undefined {
    if (!this.#current) return undefined;
    const opened = this.#openWith(this.#current, message);
    if (opened) {
      this.#current.verified = true;
      this.#wipe(this.#previous);
      this.#previous = undefined;
      return opened;
    }
    return this.#previous && this.#openWith(this.#previous, message);
  }

  /** Wipes all keys. */
  close(): void {
    this.#wipe(this.#current);
    this.#wipe(this.#previous);
    this.#current = undefined;
    this.#previous = undefined;
  }

  #openWith({ receive }: Keys, message: Uint8Array): { kind: number; body: Uint8Array } | undefined {
    const opened = openSealed(this.#crypto, receive.key, message);
    if (!opened || opened.counter <= receive.counter) return undefined;
    receive.counter = opened.counter;
    return opened;
  }

  #wipe(keys: Keys | undefined): void {
    if (!keys) return;
    this.#crypto.wipe(keys.send.key);
    this.#crypto.wipe(keys.receive.key);
  }
}
