import { PeerMap } from '../../peer-map';
import type { PublicKey } from '../../types';

/** Requests that are kept; of more, the oldest goes. Identities cost nothing, so a flood of requests costs nothing either. */
const MOST_KEPT = 20;

/** Somebody who asks to be a friend. */
export interface FriendRequest {
  readonly publicKey: PublicKey;
  /** What they wrote: anybody's words, for a person to read. */
  readonly text: string;
  /** Age in seconds at which it came. */
  readonly at: number;
}

/**
 * Requests to be a friend that nobody has decided on. In memory only: a Tox client goes on asking, so they come again
 * after a restart.
 */
export class FriendRequests {
  readonly #onChange: () => void;
  readonly #requests = new PeerMap<FriendRequest>();

  constructor(onChange: () => void = () => undefined) {
    this.#onChange = onChange;
  }

  /** The newest last. */
  list(): FriendRequest[] {
    return [...this.#requests.values()];
  }

  has(publicKey: PublicKey): boolean {
    return this.#requests.has(publicKey);
  }

  /** Who asks again has one request, with the newer words. */
  add(request: FriendRequest): void {
    this.#requests.delete(request.publicKey);
    this.#requests.set(request.publicKey, request);
    const [oldest] = this.#requests.keys();
    if (this.#requests.size > MOST_KEPT && oldest !== undefined) this.#requests.delete(oldest);
    this.#onChange();
  }

  /** It was accepted or declined. False when there is none. */
  remove(publicKey: PublicKey): boolean {
    const was = this.#requests.delete(publicKey);
    if (was) this.#onChange();
    return was;
  }
}
