import { compareBytes, textOfBytes } from '../../bytes';
import { type Random, randomFraction } from '../../platform/random';
import type { Timer, Timers } from '../../platform/timers';
import type { PublicKey } from '../../types';
import { type LaneRoute, VirtualLane } from './virtual-lane';
import type { VirtualLink, VirtualMember } from './virtual-member';

/** How long toxcore takes to notice that a peer is silent (measured with libtoxcore 0.2.18), milliseconds. */
const SILENCE_MS = 31_000;

/** The weather on a virtual network; the fields may be changed at any time. */
export interface VirtualConditions {
  /** Time of one trip between two members, milliseconds. */
  latencyMs: number;
  /** Each trip takes up to this many milliseconds more. */
  jitterMs: number;
  /** Chance, 0 to 1, that a connection breaks under what one handler call sent. Both sides see it at once. */
  breakChance: number;
}

/** The connections of a virtual network: how they are made, what goes over them and how they end. */
export class VirtualWires {
  readonly conditions: VirtualConditions;
  readonly #timers: Timers;
  readonly #random: Random;
  /** Pairs that cannot reach each other, and the timer that makes both notice. */
  readonly #cuts = new Map<string, Timer>();

  constructor(timers: Timers, random: Random, conditions: VirtualConditions) {
    this.#timers = timers;
    this.#random = random;
    this.conditions = conditions;
  }

  /** Two members who can reach each other are connected one trip later. */
  connect(a: VirtualMember, b: VirtualMember): void {
    this.#travel(() => {
      if (!a.isOnline || !b.isOnline || this.#isCut(a, b)) return;
      const known = a.links.get(b.publicKey);
      if (known && b.links.get(a.publicKey)?.out === known.in) return;
      // A peer that was started again before anyone missed it: its old connection ends first.
      unlink(a, b.publicKey);
      unlink(b, a.publicKey);
      const there: VirtualLane = new VirtualLane(this.#route(a, b, () => back));
      const back = new VirtualLane(this.#route(b, a, () => there));
      link(a, { friend: b, out: there, in: back });
      link(b, { friend: a, out: back, in: there });
    });
  }

  /** Both see the end of their connection at once and make a new one. */
  break(a: VirtualMember, b: VirtualMember): void {
    unlink(a, b.publicKey);
    unlink(b, a.publicKey);
    this.connect(a, b);
  }

  /** Ends all connections of a member; its friends see it one trip later, or when they miss it. */
  disconnect(member: VirtualMember, how: 'orderly' | 'silent'): void {
    for (const mine of [...member.links.values()]) {
      const { friend } = mine;
      unlink(member, friend.publicKey);
      const theirs = friend.links.get(member.publicKey);
      if (theirs?.out !== mine.in) continue;
      const notice = () => {
        if (friend.links.get(member.publicKey) === theirs) unlink(friend, member.publicKey);
      };
      if (how === 'orderly' && !this.#isCut(member, friend)) this.#travel(notice);
      else this.#timers.after(SILENCE_MS, notice);
    }
  }

  /** @param notice runs after 31 s, unless the pair is joined again before */
  cut(a: PublicKey, b: PublicKey, notice: () => void): void {
    const pair = pairOf(a, b);
    if (!this.#cuts.has(pair)) this.#cuts.set(pair, this.#timers.after(SILENCE_MS, notice));
  }

  /** False when the pair was not cut. */
  join(a: PublicKey, b: PublicKey): boolean {
    const pair = pairOf(a, b);
    this.#cuts.get(pair)?.cancel();
    return this.#cuts.delete(pair);
  }

  /** @param opposite the lane on which the other end sends: while the connection lasts, both ends believe in it */
  #route(from: VirtualMember, to: VirtualMember, opposite: () => VirtualLane): LaneRoute {
    const pair = pairOf(from.publicKey, to.publicKey);
    return {
      travel: (done) => this.#travel(done),
      wait: (ms, done) => void this.#timers.after(ms, done),
      isPassable: () => opposite().isOpen && !this.#cuts.has(pair),
      survives: () => {
        const { breakChance } = this.conditions;
        if (breakChance === 0 || randomFraction(this.#random) >= breakChance) return true;
        this.break(from, to);
        return false;
      },
      deliver: (parcel) => {
        to.post((handler) => {
          if (parcel.kind === 'packet') handler.onPacket(from.publicKey, parcel.packet);
          else handler.onMessage(from.publicKey, parcel.type, parcel.text);
        });
      },
      writable: () => from.post((handler) => handler.onWritable(to.publicKey)),
    };
  }

  #travel(done: () => void): void {
    const { latencyMs, jitterMs } = this.conditions;
    const extra = jitterMs === 0 ? 0 : Math.floor(randomFraction(this.#random) * jitterMs);
    this.#timers.after(latencyMs + extra, done);
  }

  #isCut(a: VirtualMember, b: VirtualMember): boolean {
    return this.#cuts.size > 0 && this.#cuts.has(pairOf(a.publicKey, b.publicKey));
  }
}

/** `member` sees its friend go, if it saw it at all. */
export function unlink(member: VirtualMember, friendKey: PublicKey): void {
  const ended = member.links.get(friendKey);
  if (!ended) return;
  member.links.delete(friendKey);
  ended.out.close();
  member.post((handler) => handler.onFriend(ended.friend.publicKey, false));
}

function link(member: VirtualMember, made: VirtualLink): void {
  member.links.set(made.friend.publicKey, made);
  member.post((handler) => handler.onFriend(made.friend.publicKey, true));
}

/** The same for both orders. */
function pairOf(a: PublicKey, b: PublicKey): string {
  const [first, second] = compareBytes(a, b) < 0 ? [a, b] : [b, a];
  return textOfBytes(first) + textOfBytes(second);
}
