import { sameBytes, toHex } from '../bytes';
import { PeerSet } from '../peer-map';
import { SerialQueue } from '../platform/serial-queue';
import type { PublicKey } from '../types';

/** Who becomes a friend by asking. */
export type AdmissionPolicy =
  /** Nobody: a person decides. */
  | { readonly kind: 'manual' }
  | { readonly kind: 'list'; readonly allowed: readonly PublicKey[] }
  /** Everybody, up to `cap` at a time (200 by default): for open storage nodes. */
  | { readonly kind: 'open'; readonly cap?: number };

/** What a FriendAdmission needs. */
export interface FriendAdmissionOptions {
  readonly policy: AdmissionPolicy;
  /** Whom the open policy let in, as digits: only those ever make room. Kept by the caller. */
  readonly admitted: () => readonly string[];
  /** Makes a new list of them durable. */
  readonly saveAdmitted: (keys: readonly string[]) => Promise<void>;
  readonly accept: (friend: PublicKey) => Promise<void>;
  readonly remove: (friend: PublicKey) => Promise<void>;
  /** Friends now, and when each was last seen: Unix milliseconds, undefined for never. */
  readonly friends: () => readonly Candidate[];
  /** Whether mail is stored for this friend. */
  readonly holdsMailFor: (friend: PublicKey) => boolean;
}

/** Somebody who asks to become a friend. */
export interface Candidate {
  readonly publicKey: PublicKey;
  readonly online: boolean;
  readonly lastOnline: number | undefined;
}

/** libtoxcore works harder with each friend: 200 who are offline take about a tenth of a core. */
export const OPEN_CAP = 200;

/**
 * Decides on friend requests. At the cap of the open policy the friend who was not seen for the longest time, is
 * offline and has no mail here makes room; friends whom the user made are never touched.
 */
export class FriendAdmission {
  readonly #o: FriendAdmissionOptions;
  readonly #queue = new SerialQueue();

  constructor(options: FriendAdmissionOptions) {
    this.#o = options;
  }

  /**
   * 'ask': left to a person. 'full': no friend can make room.
   * @throws what `accept`, `remove` and `saveAdmitted` throws
   */
  onRequest(publicKey: PublicKey): Promise<'accepted' | 'ask' | 'full'> {
    return this.#queue.run(() => this.#decide(publicKey));
  }

  async #decide(publicKey: PublicKey): Promise<'accepted' | 'ask' | 'full'> {
    const { policy, accept } = this.#o;
    if (policy.kind === 'manual') return 'ask';
    if (policy.kind === 'list') {
      if (!policy.allowed.some((key) => sameBytes(key, publicKey))) return 'ask';
      await accept(publicKey);
      return 'accepted';
    }
    const friends = this.#o.friends();
    if (!friends.some((friend) => sameBytes(friend.publicKey, publicKey))) {
      if (!(await this.#makeRoom(friends, policy.cap ?? OPEN_CAP))) return 'full';
      // Before the friend is one: after a crash in between the mark stands for nobody, which does no harm.
      await this.#o.saveAdmitted([...this.#o.admitted(), toHex(publicKey)]);
    }
    await accept(publicKey);
    return 'accepted';
  }

  /** False when everybody has to stay. */
  async #makeRoom(friends: readonly Candidate[], cap: number): Promise<boolean> {
    const marked = new Set(this.#o.admitted());
    const admitted = friends.filter(({ publicKey }) => marked.has(toHex(publicKey)));
    const surplus = admitted.length - cap + 1;
    if (surplus <= 0) return true;
    const leaving = admitted
      .filter(({ publicKey, online }) => !online && !this.#o.holdsMailFor(publicKey))
      .sort((a, b) => (a.lastOnline ?? 0) - (b.lastOnline ?? 0))
      .slice(0, surplus);
    if (leaving.length < surplus) return false;
    for (const { publicKey } of leaving) await this.#o.remove(publicKey);
    const gone = new PeerSet(leaving.map(({ publicKey }) => publicKey));
    // Marks of friends who were removed by hand go as well.
    const left = admitted.filter(({ publicKey }) => !gone.has(publicKey));
    await this.#o.saveAdmitted(left.map(({ publicKey }) => toHex(publicKey)));
    return true;
  }
}
