import { PeerMap } from '../peer-map';
import type { PublicKey } from '../types';

/** What is in work for each peer: no peer can make us keep more of it than a limit. */
export class WorkLimit {
  readonly #most: number;
  readonly #inWork = new PeerMap<number>();

  /** @param most pieces of work at once for each peer */
  constructor(most: number) {
    this.#most = most;
  }

  /** Begins `work`, which must not reject; false when too much of the peer's is in work already. */
  begin(peer: PublicKey, work: () => Promise<void>): boolean {
    const inWork = this.#inWork.get(peer) ?? 0;
    if (inWork >= this.#most) return false;
    this.#inWork.set(peer, inWork + 1);
    void work().finally(() => this.#end(peer));
    return true;
  }

  #end(peer: PublicKey): void {
    const left = (this.#inWork.get(peer) ?? 1) - 1;
    if (left > 0) this.#inWork.set(peer, left);
    else this.#inWork.delete(peer);
  }
}
