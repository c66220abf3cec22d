import { sameBytes } from '../../bytes';
import type { PublicKey } from '../../types';
import { checkMessageText, checkPacket } from '../outgoing';
import type { SendResult, Transport, TransportHandler } from '../transport';
import type { VirtualMember } from './virtual-member';

/** What the network does for one of its members. */
export interface Membership {
  start(handler: TransportHandler): void;
  setOnline(online: boolean): void;
  stop(): void;
  vanish(): void;
  leave(): void;
  friends(): readonly VirtualMember[];
}

/** One identity's place on a virtual network; made by `VirtualNetwork.join`. */
export class VirtualTransport implements Transport {
  readonly #member: VirtualMember;
  readonly #membership: Membership;

  /** @internal */
  constructor(member: VirtualMember, membership: Membership) {
    this.#member = member;
    this.#membership = membership;
  }

  get self(): PublicKey {
    return this.#member.publicKey;
  }

  /** The name under which the others know this identity. */
  get name(): string {
    return this.#member.name;
  }

  /**
   * Goes online, unless `setOnline(false)` said otherwise.
   * @throws ErrClosed after `leave`
   */
  start(handler: TransportHandler): Promise<void> {
    return new Promise((resolve) => {
      this.#membership.start(handler);
      resolve();
    });
  }

  stop(): Promise<void> {
    this.#membership.stop();
    return Promise.resolve();
  }

  /**
   * Goes online or offline in an orderly way and stays so, also through `stop` and `start`. The change is in
   * effect when the promise resolves; connections follow one trip later.
   */
  setOnline(online: boolean): Promise<void> {
    this.#membership.setOnline(online);
    return Promise.resolve();
  }

  /**
   * Ends as a killed process or a pulled plug does: without a word. The others notice after 31 s. The
   * transport can be started again, or its identity joined again.
   */
  vanish(): void {
    this.#membership.vanish();
  }

  /** Stops, and is nobody's friend any more. */
  leave(): Promise<void> {
    this.#membership.leave();
    return Promise.resolve();
  }

  isOnline(): boolean {
    return this.#member.isOnline;
  }

  friends(): readonly PublicKey[] {
    return this.#membership.friends().map((friend) => friend.publicKey);
  }

  isFriendOnline(friend: PublicKey): boolean {
    return this.#member.links.has(friend);
  }

  nameOf(friend: PublicKey): string | undefined {
    return this.#membership.friends().find(({ publicKey }) => sameBytes(publicKey, friend))?.name;
  }

  /** @throws ErrInvalidArgument */
  sendPacket(friend: PublicKey, packet: Uint8Array): SendResult {
    checkPacket(packet);
    return this.#member.links.get(friend)?.out.sendPacket(packet) ?? 'offline';
  }

  /** @throws ErrMessageEmpty, ErrMessageTooLarge */
  async sendMessage(friend: PublicKey, type: 'normal' | 'action', text: string): Promise<boolean> {
    checkMessageText(text);
    return (await this.#member.links.get(friend)?.out.sendMessage(type, text)) ?? false;
  }
}
