import { sameBytes, toHex } from '../bytes';
import { PeerSet } from '../peer-map';
import { SerialQueue } from '../platform/queues/serial-queue';
import { TokenBucket } from '../platform/token-bucket';
import type { Logger, PublicKey } from '../types';

/** Who becomes a friend by asking. */
export type AdmissionPolicy =
  /** Nobody: a person decides. */
  | { readonly kind: 'manual' }
  | { readonly kind: 'list'; readonly allowed: readonly PublicKey[] }
  /** Everybody, up to `cap` at a time (200 by default): for open storage nodes. */
  | { readonly kind: 'open'; readonly cap?: number };

/** Who proves a join token is let in without a person, whatever the policy says, and never pushes anybody out. */
export interface JoinPolicy {
  /** Friends in all beyond which nobody joins. */
  readonly cap: number;
  /** Whether the text of this requester's friend request proves a token that holds now. */
  readonly proves: (requester: PublicKey, text: string) => Promise<boolean>;
}

/** Somebody whom the open policy let in. */
export interface Admitted {
  /** Public key, as hexadecimal digits. */
  readonly friend: string;
  /** When, in seconds of `age`. */
  readonly at: number;
}

/** What a FriendAdmission needs. */
export interface FriendAdmissionOptions {
  readonly policy: AdmissionPolicy;
  readonly joins?: JoinPolicy;
  /** Whom the open policy let in: only those ever make room. Kept by the caller. */
  readonly admitted: () => readonly Admitted[];
  /** Makes a new list of them durable. */
  readonly saveAdmitted: (admitted: readonly Admitted[]) => Promise<void>;
  /** Seconds that no step of the wall clock moves, and no restart. */
  readonly age: () => number;
  readonly accept: (friend: PublicKey) => Promise<void>;
  readonly remove: (friend: PublicKey) => Promise<void>;
  /** Friends now, and when each was last seen: Unix milliseconds, undefined for never. */
  readonly friends: () => readonly Candidate[];
  /** Whether mail for `friend` that came from one of `submitters` is stored. */
  readonly holdsMailFor: (friend: PublicKey, submitters: readonly PublicKey[]) => boolean;
  readonly log: Pick<Logger, 'error'>;
}

/** Somebody who is a friend now. */
export interface Candidate {
  readonly publicKey: PublicKey;
  readonly online: boolean;
  readonly lastOnline: number | undefined;
}

/**
 * 'full': no friend can make room. 'too-fast': too many were let in lately. 'ask': not for the policy to decide.
 * All but 'accepted' are left to a person.
 */
export type AdmissionVerdict = 'accepted' | 'ask' | 'full' | 'too-fast';

/** libtoxcore works harder with each friend: 200 who are offline take about a tenth of a core. */
export const OPEN_CAP = 200;
/** Devices that one Tox process serves: docs/FLEET.md has what they cost. */
export const JOIN_CAP = 250;

/** A key pair costs nothing, so asking has to: 20 at once, then 10 an hour. */
const ADMISSIONS = { burst: 20, perSecond: 10 / 3600 };
/** A newcomer is who was let in less than these seconds ago. */
const NEWCOMER_S = 7 * 24 * 60 * 60;
/** Of the places of an open node this part is for newcomers, and at least one. */
const NEWCOMERS_PART = 1 / 4;
/** Tokens that cannot be read are reported at most this often, seconds. */
const REPORT_INTERVAL = 60;

/**
 * Decides on friend requests. With the open policy a flood of new identities takes the places of newcomers alone: when
 * these are taken, the newcomer who was not seen for the longest time, is offline and has no mail here makes room. Mail
 * that those who were let in send each other counts for nothing. Who stayed for a week has the place for good, while
 * such places are free; friends whom the user made are never touched.
 */
export class FriendAdmission {
  readonly #o: FriendAdmissionOptions;
  readonly #queue = new SerialQueue();
  readonly #rate: TokenBucket;
  #reportedAt = -Infinity;

  constructor(options: FriendAdmissionOptions) {
    this.#o = options;
    this.#rate = new TokenBucket(ADMISSIONS, () => options.age() * 1000);
  }

  /**
   * @param text what the request says
   * @throws what `accept`, `remove` and `saveAdmitted` throw
   */
  onRequest(publicKey: PublicKey, text: string): Promise<AdmissionVerdict> {
    return this.#queue.run(() => this.#decide(publicKey, text));
  }

  async #decide(publicKey: PublicKey, text: string): Promise<AdmissionVerdict> {
    const { policy, accept, joins } = this.#o;
    if (joins !== undefined && (await this.#proves(joins, publicKey, text)))
      return this.#join(publicKey, joins.cap);
    if (policy.kind === 'manual') return 'ask';
    if (policy.kind === 'list') {
      if (!policy.allowed.some((key) => sameBytes(key, publicKey))) return 'ask';
      await accept(publicKey);
      return 'accepted';
    }
    if (!this.#isFriend(publicKey)) {
      const verdict = await this.#letIn(publicKey, policy.cap ?? OPEN_CAP);
      if (verdict !== 'accepted') return verdict;
    }
    await accept(publicKey);
    return 'accepted';
  }

  /** Tokens that cannot be read prove nothing, and are no reason to drop a request: anybody can send one. */
  async #proves(joins: JoinPolicy, publicKey: PublicKey, text: string): Promise<boolean> {
    try {
      return await joins.proves(publicKey, text);
    } catch (error) {
      const now = this.#o.age();
      if (now - this.#reportedAt >= REPORT_INTERVAL) {
        this.#reportedAt = now;
        const why = error instanceof Error ? error.message : String(error);
        this.#o.log.error(`No device can join until this is corrected: ${why}`);
      }
      return false;
    }
  }

  /** One who joined counts as a friend whom the user made: no newcomer takes the place. */
  async #join(publicKey: PublicKey, cap: number): Promise<AdmissionVerdict> {
    if (!this.#isFriend(publicKey) && this.#o.friends().length >= cap) return 'full';
    await this.#o.accept(publicKey);
    return 'accepted';
  }

  #isFriend(publicKey: PublicKey): boolean {
    return this.#o.friends().some((friend) => sameBytes(friend.publicKey, publicKey));
  }

  async #letIn(publicKey: PublicKey, cap: number): Promise<AdmissionVerdict> {
    const leaving = this.#leaving(cap);
    if (!leaving) return 'full';
    if (this.#rate.take() > 0) return 'too-fast';
    for (const friend of leaving) await this.#o.remove(friend);
    const gone = new PeerSet(leaving);
    const friends = new Set(
      this.#o
        .friends()
        .filter((friend) => !gone.has(friend.publicKey))
        .map((friend) => toHex(friend.publicKey)),
    );
    // Marks of friends who were removed by hand go as well.
    const left = this.#o.admitted().filter(({ friend }) => friends.has(friend));
    // Before the friend is one: after a crash in between the mark stands for nobody, which does no harm.
    await this.#o.saveAdmitted([...left, { friend: toHex(publicKey), at: this.#o.age() }]);
    return 'accepted';
  }

  /** Which newcomers go, so that one more has a place; undefined when too many have to stay. */
  #leaving(cap: number): PublicKey[] | undefined {
    const { age, friends, holdsMailFor } = this.#o;
    const since = new Map(this.#o.admitted().map(({ friend, at }) => [friend, at]));
    const admittedAt = ({ publicKey }: Candidate) => since.get(toHex(publicKey));
    const admitted = friends()
      .flatMap((friend) => {
        const at = admittedAt(friend);
        return at === undefined ? [] : [{ ...friend, at }];
      })
      .sort((a, b) => a.at - b.at);
    const forNewcomers = Math.max(1, Math.floor(cap * NEWCOMERS_PART));
    const settled = admitted.filter(({ at }) => age() - at >= NEWCOMER_S).slice(0, cap - forNewcomers);
    const newcomers = admitted.slice(settled.length);
    const surplus = newcomers.length - forNewcomers + 1;
    if (surplus <= 0) return [];
    const made = friends().filter((friend) => admittedAt(friend) === undefined);
    const submitters = made.map(({ publicKey }) => publicKey);
    const leaving = newcomers
      .filter(({ publicKey, online }) => !online && !holdsMailFor(publicKey, submitters))
      .sort((a, b) => (a.lastOnline ?? 0) - (b.lastOnline ?? 0))
      .slice(0, surplus);
    return leaving.length < surplus ? undefined : leaving.map(({ publicKey }) => publicKey);
  }
}
