import { PeerMap } from '../../peer-map';
import { backoff } from '../../platform/backoff';
import type { Clock } from '../../platform/clock';
import type { Random } from '../../platform/random';
import type { CodeWord } from '../../protocol/codes';
import type { PublicKey } from '../../types';

/** Milliseconds. */
const WAITS = { first: 15_000, longest: 3_600_000 };
/** The node is asked again when a hold is over; the refusal stands until it must have answered, milliseconds. */
const ANSWERED = 10_000;

interface Hold {
  /** What the node said. */
  code: CodeWord;
  /** Refusals in a row. */
  failures: number;
  /** Monotonic milliseconds. */
  until: number;
}

/** What would be deposited. */
interface Deposited {
  readonly friend: PublicKey;
  /** The node has it, and need only keep it for longer. */
  readonly isRenewal: boolean;
}

export interface NodeHoldsOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly random: Random;
  /** The node takes nothing new from us: once for all answers to what was under way. */
  readonly onFull?: (node: PublicKey) => void;
}

/**
 * What nodes refuse for the time being, so that not every message has to hear the same refusal. One that says `rate`
 * takes nothing at all; one that is full, or on which our share is used up, takes nothing new; one on which our share of
 * a mailbox is used up takes nothing new for that friend.
 */
export class NodeHolds {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #random: Random;
  readonly #onFull: ((node: PublicKey) => void) | undefined;
  readonly #rates = new PeerMap<Hold>();
  readonly #full = new PeerMap<Hold>();
  /** By friend, then node. */
  readonly #shares = new PeerMap<PeerMap<Hold>>();

  constructor({ clock, random, onFull }: NodeHoldsOptions) {
    this.#clock = clock;
    this.#random = random;
    this.#onFull = onFull;
  }

  /** Monotonic milliseconds until which the node is not asked; undefined: it may be asked now. */
  heldUntil(node: PublicKey, { friend, isRenewal }: Deposited): number | undefined {
    const last = this.#lastOf(node, { friend, isRenewal });
    return last !== undefined && last.until > this.#clock.monotonic() ? last.until : undefined;
  }

  /** Why the node takes nothing new for this friend; undefined while it may, as far as we know. */
  refusalOf(node: PublicKey, friend: PublicKey): CodeWord | undefined {
    const last = this.#lastOf(node, { friend, isRenewal: false });
    return last !== undefined && last.until + ANSWERED > this.#clock.monotonic() ? last.code : undefined;
  }

  /** Why the node takes nothing new from us, whoever it is for, and seconds until it is asked again. */
  fullRefusalOf(node: PublicKey): { readonly code: CodeWord; readonly wait: number } | undefined {
    const now = this.#clock.monotonic();
    const holds = [this.#rates.get(node), this.#full.get(node)];
    const hold = holds.find((each) => each !== undefined && each.until > now);
    return hold && { code: hold.code, wait: Math.ceil((hold.until - now) / 1000) };
  }

  /**
   * The node refused. All answers to what was under way at the time are one refusal.
   * @param wait seconds that it asked for
   * @param doubles whether the pause grows while it goes on refusing
   * @returns false when the refusal concerns that message alone
   */
  refused(
    node: PublicKey,
    friend: PublicKey,
    { code, wait }: { code: CodeWord; wait: number },
    doubles = true,
  ): boolean {
    if (code === 'rate') this.#hold(this.#rates, node, { code, wait, doubles });
    else if (code === 'node-full' || code === 'node-share') {
      if (this.#hold(this.#full, node, { code })) this.#onFull?.(node);
    } else if (code === 'mailbox-share') this.#hold(this.#sharesOf(friend), node, { code });
    else return false;
    return true;
  }

  /** It took something: the next refusal is a first one. */
  noteTaken(node: PublicKey, { friend, isRenewal }: Deposited): void {
    this.#end(this.#rates, node);
    if (isRenewal) return;
    this.#end(this.#full, node);
    const shares = this.#shares.get(friend);
    if (shares !== undefined) this.#end(shares, node);
  }

  /** This friend fetched mail of ours: there may be room in its mailbox. True when that makes a difference. */
  noteFetched(friend: PublicKey): boolean {
    return this.#shares.delete(friend);
  }

  /** A new session with this node began. */
  release(peer: PublicKey): void {
    this.#rates.delete(peer);
    this.#full.delete(peer);
    for (const nodes of this.#shares.values()) nodes.delete(peer);
  }

  /** The peer is no longer a friend. */
  forget(peer: PublicKey): void {
    this.release(peer);
    this.#shares.delete(peer);
  }

  /** The hold that lasts longest. */
  #lastOf(node: PublicKey, { friend, isRenewal }: Deposited): Hold | undefined {
    const holds = [this.#rates.get(node)];
    if (!isRenewal) holds.push(this.#full.get(node), this.#shares.get(friend)?.get(node));
    let last: Hold | undefined;
    for (const hold of holds) if (hold !== undefined && hold.until > (last?.until ?? -Infinity)) last = hold;
    return last;
  }

  /** A hold whose time is over. */
  #end(holds: PeerMap<Hold>, node: PublicKey): void {
    if ((holds.get(node)?.until ?? Infinity) <= this.#clock.monotonic()) holds.delete(node);
  }

  #sharesOf(friend: PublicKey): PeerMap<Hold> {
    return this.#shares.getOrInsert(friend, () => new PeerMap());
  }

  /** @returns whether it is another refusal than those before */
  #hold(
    holds: PeerMap<Hold>,
    node: PublicKey,
    { code, wait = 0, doubles = true }: { code: CodeWord; wait?: number; doubles?: boolean },
  ): boolean {
    const hold = holds.getOrInsert(node, () => ({ code, failures: 0, until: -Infinity }));
    hold.code = code;
    const now = this.#clock.monotonic();
    let until = now + wait * 1000;
    const isNew = hold.until <= now;
    if (isNew) {
      hold.failures = doubles ? hold.failures + 1 : Math.max(1, hold.failures);
      until = Math.max(until, now + backoff(hold.failures, WAITS, this.#random));
    }
    hold.until = Math.max(hold.until, until);
    return isNew;
  }
}
