import { toHex } from '../bytes';
import type { PublicKey } from '../types';

/** What is in work for each peer: no peer can make us keep more of it than a limit. */
export class WorkLimit {
  readonly #most: number;
  readonly #inWork = new Map<string, number>();

  /** @param most pieces of work at once for each peer */
  constructor(most: number) {
    this.#most = most;
  }

  /** Begins `work`, which must not reject; false when too much of the peer's is in work already. */
  begin(peer: PublicKey, work: () => Promise<void>): boolean {
    const name = toHex(peer);
    const inWork = this.#inWork.get(name) ?? 0;
    if (inWork >= this.#most) return false;
    this.#inWork.set(name, inWork + 1);
    void work().finally(() => this.#end(name));
    return true;
  }

  #end(name: string): void {
    const left = (this.#inWork.get(name) ?? 1) - 1;
    if (left > 0) this.#inWork.set(name, left);
    else this.#inWork.delete(name);
  }
}
