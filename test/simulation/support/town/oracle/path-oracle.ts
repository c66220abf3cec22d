import { MAX_MESSAGE_SIZE } from '../../../../../lib/constants';
import type { TownPlan } from '../plans/plan';
import { Presence } from './presence';
import type { Span } from './spans';
import type { Letter } from '../town-ledger';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A path is one that lasts so long at each of its steps. */
export const PATH_MS = 10 * MINUTE;
/** Copies that a sender leaves (specification). */
const COPIES = 3;
/** A node keeps mail so long after its last deposit, which the sender renews when nine tenths are over. */
const KEPT_MS = 24 * HOUR;
const LEAST_LEFT_MS = 2 * HOUR;
/** One that replaces others may wait so long for an earlier one that lies at a node. */
const REPLACED_MS = 10 * MINUTE;
/** Messages for one friend since both met last that one-time keys and a share of a mailbox surely reach for. */
const MOST_WAITING = 60;

/** Two steps of a path, or one: when the message has surely arrived. */
export interface Path {
  readonly way: 'direct' | 'stored';
  readonly by: number;
}

/**
 * Decides from the plan alone whether a message had to arrive, and by when: a line of 10 minutes to its recipient, or
 * to a storage node that keeps its promises and from there to the recipient. It claims too little rather than too
 * much: where a promise of the design has a limit (copies, keys, shares of a mailbox, keeping time), it stays below.
 */
export class PathOracle {
  readonly #plan: TownPlan;
  readonly #presence: Presence;
  readonly #friendsOf: readonly (readonly number[])[];
  /** When each pair sent, rising, and when it sent what is large. */
  readonly #sent = new Map<string, number[]>();
  readonly #sentLarge = new Map<string, number[]>();

  constructor(plan: TownPlan, letters: readonly Letter[]) {
    this.#plan = plan;
    this.#presence = new Presence(plan);
    const friendsOf: number[][] = plan.residents.map(() => []);
    for (const [one, other] of plan.friends) {
      friendsOf[one]?.push(other);
      friendsOf[other]?.push(one);
    }
    this.#friendsOf = friendsOf;
    for (const letter of letters) {
      if (letter.accepted === undefined) continue;
      for (const times of isLarge(letter) ? [this.#sent, this.#sentLarge] : [this.#sent]) {
        const pair = `${letter.from} ${letter.to}`;
        const earlier = times.get(pair);
        if (earlier) earlier.push(letter.accepted.at);
        else times.set(pair, [letter.accepted.at]);
      }
    }
  }

  /** The first path of an accepted message; undefined: none that must be enough. */
  pathOf(letter: Letter): Path | undefined {
    if (letter.accepted === undefined) return undefined;
    const { from, lifetimeMs, options } = letter;
    const { at: accepted } = letter.accepted;
    // Whoever is put back forgets it, or is no longer at the place where it waits.
    const upset = this.#presence.upsetAfter(from, accepted);
    const ends = Math.min(accepted + lifetimeMs, this.#plan.ends, upset);
    const at = accepted + (options.replaces === undefined ? 0 : REPLACED_MS);
    const direct = this.#meets(letter.from, letter.to, at, ends);
    const stored = this.#storedBy(letter, at, Math.min(ends, direct ?? Infinity));
    if (stored !== undefined && stored < (direct ?? Infinity)) return { way: 'stored', by: stored };
    return direct === undefined ? undefined : { way: 'direct', by: direct };
  }

  /** When two were together for a whole path's time after `after`, if that is before `end`. */
  #meets(one: number, other: number, after: number, end: number): number | undefined {
    for (const span of this.#presence.together(one, other, PATH_MS)) {
      if (span.from >= end) return undefined;
      const by = Math.max(span.from, after) + PATH_MS;
      if (by <= span.to && by <= end) return by;
    }
    return undefined;
  }

  #storedBy(letter: Letter, at: number, end: number): number | undefined {
    const { from, to } = letter;
    const nodes = this.#candidates(from, to);
    const met = this.#lastMeeting(from, to, at);
    if (met === undefined) return undefined;
    const times = nodes
      .map((node) => this.#throughNode(node, letter, at))
      .filter((by): by is number => by !== undefined && by <= end)
      .sort((a, b) => a - b);
    // Whichever nodes are chosen, one of them must be on a path.
    const needed = Math.max(nodes.length - (COPIES - 1), 1);
    const by = times[Math.max(needed, 1) - 1];
    if (by === undefined || !this.#isModest(letter, { from: met, to: by })) return undefined;
    const since = { from: met, to: by };
    return [from, to].some((each) => this.#presence.isUpset(each, since)) ? undefined : by;
  }

  /** Whoever could be chosen: a node that lies takes the mail of anybody. */
  #candidates(from: number, to: number): number[] {
    const known = new Set(this.#friendsOf[to]);
    return (this.#friendsOf[from] ?? []).filter((node) => {
      const { stores = false, lie } = this.#plan.residents[node] ?? {};
      return node !== to && stores && (known.has(node) || lie !== undefined);
    });
  }

  #throughNode(node: number, { from, to }: Letter, at: number): number | undefined {
    if (this.#plan.residents[node]?.lie !== undefined) return undefined;
    const left = this.#meets(from, node, at, Infinity);
    if (left === undefined) return undefined;
    const until = Math.max(at + KEPT_MS, left + LEAST_LEFT_MS);
    const taken = this.#meets(node, to, left, until);
    if (taken === undefined || this.#presence.isUpset(node, { from: at, to: taken })) return undefined;
    return taken;
  }

  /** When a whole path's time together ended before `at`: each knows the other's keys since. */
  #lastMeeting(one: number, other: number, at: number): number | undefined {
    let last: number | undefined;
    for (const span of this.#presence.together(one, other, PATH_MS)) {
      if (span.from + PATH_MS > at) break;
      last = Math.min(span.to, at);
    }
    return last;
  }

  /** Few messages in this time, and of large ones, which nodes hold one of at a time, no other. */
  #isModest(letter: Letter, span: Span): boolean {
    const { from, to } = letter;
    const count = (times: ReadonlyMap<string, number[]>, pair: string) =>
      countIn(times.get(pair) ?? [], span);
    if (isLarge(letter) && count(this.#sentLarge, `${from} ${to}`) > 1) return false;
    return count(this.#sent, `${from} ${to}`) + count(this.#sent, `${to} ${from}`) <= MOST_WAITING;
  }
}

/** How many of rising numbers lie in a span, both ends included. */
function countIn(times: readonly number[], { from, to }: Span): number {
  let count = 0;
  for (const time of times) {
    if (time > to) break;
    if (time >= from) count += 1;
  }
  return count;
}

function isLarge({ bytes }: Letter): boolean {
  return bytes > MAX_MESSAGE_SIZE;
}
