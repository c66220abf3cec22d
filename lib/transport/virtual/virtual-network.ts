import { sameBytes } from '../../bytes';
import { checkPublicKey } from '../../crypto/public-key';
import { ToxAsyncError } from '../../errors';
import { checkFriendName, sameName } from '../../identity/friend-name';
import { shortKey } from '../../identity/short-key';
import { PeerMap } from '../../peer-map';
import type { Random } from '../../platform/random';
import type { Timers } from '../../platform/timers';
import type { PublicKey } from '../../types';
import type { TransportHandler } from '../transport';
import { VirtualMember } from './virtual-member';
import { VirtualTransport } from './virtual-transport';
import { unlink, type VirtualConditions, VirtualWires } from './virtual-wires';

/** Time of one trip between two members when the options name none, milliseconds. */
const DEFAULT_LATENCY_MS = 5;

/** What a VirtualNetwork needs. */
export interface VirtualNetworkOptions {
  readonly timers: Timers;
  readonly random: Random;
  readonly latencyMs?: number;
  /** Faults that come by themselves; none when left out. */
  readonly faults?: Partial<Omit<VirtualConditions, 'latencyMs'>>;
  /** Whether two identities, by the names they joined under, are friends; all are when left out. Symmetric. */
  readonly areFriends?: (one: string, other: string) => boolean;
}

/** What `members` tells of one identity. */
export interface VirtualMemberInfo {
  readonly publicKey: PublicKey;
  readonly name: string;
  readonly online: boolean;
}

/**
 * A Tox network inside this process: each identity on it is a friend of all the others (or of those that the options
 * say), under its name. It keeps Tox's promises and breaks them the way Tox does (see VirtualLane and
 * `VirtualTransport.vanish`). All time and chance come from the options, so the same seed and the same calls give the
 * same events.
 */
export class VirtualNetwork {
  readonly #wires: VirtualWires;
  readonly #members = new PeerMap<VirtualMember>();
  /** Members that went silent: the place is free for the same identity when it is started again. */
  readonly #silent = new Set<VirtualMember>();
  readonly #areFriends: (one: string, other: string) => boolean;

  constructor(options: VirtualNetworkOptions) {
    const { timers, random, latencyMs = DEFAULT_LATENCY_MS, faults, areFriends = () => true } = options;
    this.#areFriends = areFriends;
    this.#wires = new VirtualWires(timers, random, { latencyMs, jitterMs: 0, breakChance: 0, ...faults });
  }

  /** Latency and faults; its fields may be changed at any time. */
  get conditions(): VirtualConditions {
    return this.#wires.conditions;
  }

  members(): VirtualMemberInfo[] {
    return [...this.#members.values()].map(({ publicKey, name, isOnline: online }) => ({
      publicKey,
      name,
      online,
    }));
  }

  /**
   * Makes an identity a member, offline until its transport is started.
   * @param options.name as in `FriendBook.add`; unique on the network
   * @throws ErrInvalidKey, ErrInvalidArgument (the name), ErrIdentityInUse (the identity is a member already),
   *   ErrAmbiguousFriend (another identity has the name)
   */
  join(options: { publicKey: PublicKey; name: string }): VirtualTransport {
    const { publicKey } = options;
    checkPublicKey(publicKey, 'The key that joins the virtual network');
    const name = checkFriendName(options.name);
    this.#assertFree(publicKey, name);
    const member = new VirtualMember(publicKey, name);
    this.#members.set(member.publicKey, member);
    this.#tellOfFriends(member);
    return new VirtualTransport(member, {
      start: (handler) => this.#start(member, handler),
      setOnline: (online) => this.#setOnline(member, online),
      stop: () => this.#stop(member, 'orderly'),
      vanish: () => this.#vanish(member),
      leave: () => this.#leave(member),
      friends: () => this.#friendsOf(member),
    });
  }

  /**
   * Nothing gets through between two identities any more. Like real peers they take 31 s to notice; what they
   * send until then waits, and is lost when they do. Holds also when one of them leaves and joins again.
   */
  partition(a: PublicKey, b: PublicKey): void {
    this.#wires.cut(a, b, () => {
      const [one, other] = this.#pair(a, b);
      if (one) unlink(one, b);
      if (other) unlink(other, a);
    });
  }

  /** Ends a partition: a connection that nobody missed goes on, else a new one is made. */
  heal(a: PublicKey, b: PublicKey): void {
    const [one, other] = this.#pair(a, b);
    if (!this.#wires.join(a, b) || !one || !other) return;
    one.links.get(other.publicKey)?.out.resume();
    other.links.get(one.publicKey)?.out.resume();
    this.#wires.connect(one, other);
  }

  /** Breaks the connection of two members. Both see it at once, what was in flight is lost; they reconnect. */
  drop(a: PublicKey, b: PublicKey): void {
    const [one, other] = this.#pair(a, b);
    if (one && other) this.#wires.break(one, other);
  }

  #assertFree(publicKey: PublicKey, name: string): void {
    for (const other of this.#members.values()) {
      if (sameBytes(other.publicKey, publicKey)) {
        if (this.#silent.delete(other)) continue;
        throw new ToxAsyncError(
          'ErrIdentityInUse',
          `The identity ${shortKey(publicKey)} is already on this virtual network. Close its other session.`,
        );
      }
      if (sameName(other.name, name)) {
        throw new ToxAsyncError(
          'ErrAmbiguousFriend',
          `Two identities on this virtual network would be called ${JSON.stringify(name)}: ` +
            `${shortKey(other.publicKey)} and ${shortKey(publicKey)}. Rename one of them.`,
        );
      }
    }
  }

  #start(member: VirtualMember, handler: TransportHandler): void {
    if (!this.#holds(member)) {
      throw new ToxAsyncError('ErrClosed', 'This transport has left its virtual network. Join it again.');
    }
    if (member.isRunning) return;
    this.#silent.delete(member);
    member.run(handler);
    if (member.isOnline) this.#comeOnline(member);
  }

  #setOnline(member: VirtualMember, online: boolean): void {
    const was = member.isOnline;
    member.wantsOnline = online;
    if (member.isOnline === was) return;
    if (online) {
      this.#comeOnline(member);
    } else {
      this.#wires.disconnect(member, 'orderly');
      member.post((handler) => handler.onSelf(false));
    }
  }

  #comeOnline(member: VirtualMember): void {
    member.post((handler) => handler.onSelf(true));
    for (const other of this.#friendsOf(member)) this.#wires.connect(member, other);
  }

  #stop(member: VirtualMember, how: 'orderly' | 'silent'): void {
    member.halt();
    this.#wires.disconnect(member, how);
  }

  #vanish(member: VirtualMember): void {
    this.#stop(member, 'silent');
    if (this.#holds(member)) this.#silent.add(member);
  }

  #leave(member: VirtualMember): void {
    this.#stop(member, 'orderly');
    if (!this.#holds(member)) return;
    this.#silent.delete(member);
    this.#members.delete(member.publicKey);
    this.#tellOfFriends(member);
  }

  /** False for a member that left, or whose identity has joined again. */
  #holds(member: VirtualMember): boolean {
    return this.#members.get(member.publicKey) === member;
  }

  #friendsOf(member: VirtualMember): VirtualMember[] {
    return [...this.#members.values()].filter(
      (other) => this.#areFriends(member.name, other.name) && !sameBytes(other.publicKey, member.publicKey),
    );
  }

  #tellOfFriends(changed: VirtualMember): void {
    for (const other of this.#friendsOf(changed)) other.post((handler) => handler.onFriends());
  }

  #pair(a: PublicKey, b: PublicKey): [VirtualMember | undefined, VirtualMember | undefined] {
    return [this.#members.get(a), this.#members.get(b)];
  }
}
