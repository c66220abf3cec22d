import type { PublicKey } from '../types';

/**
 * What the core needs from a Tox network, no more: lossless custom packets and ordinary messages between
 * friends who are online. The virtual network and libtoxcore implement it and pass one suite
 * (testing/transport/transport-suite.ts).
 */
export interface Transport {
  /** Our public key on this network. */
  readonly self: PublicKey;
  /** Connects; safe to call again. Resolves when the transport runs, not when it is online. */
  start(handler: TransportHandler): Promise<void>;
  /** Disconnects and releases everything; the transport can be started again. */
  stop(): Promise<void>;
  /** True between coming online and going offline or `stop`. */
  isOnline(): boolean;
  /** Friends known to the transport, online or not. */
  friends(): readonly PublicKey[];
  isFriendOnline(friend: PublicKey): boolean;
  /** The name under which the network knows a friend, when it has such names (virtual networks do). */
  nameOf(friend: PublicKey): string | undefined;
  /**
   * Takes one lossless custom packet of 1..1373 bytes, first byte 160..191, for a friend who is online.
   * Packets to one friend arrive in order, each at most once, until either side goes offline.
   * 'busy': the window (PACKET_WINDOW) is full, nothing was taken, `onWritable` will tell.
   * 'offline': the friend is not online.
   */
  sendPacket(friend: PublicKey, packet: Uint8Array): SendResult;
  /**
   * An ordinary Tox message (at most 1372 bytes of UTF-8), for friends who do not speak the extension.
   * Resolves true when the friend's client confirmed it, false when the connection ended first.
   */
  sendMessage(friend: PublicKey, type: 'normal' | 'action', text: string): Promise<boolean>;
}

/** Taken; not now, wait for `onWritable`; the friend is not connected. */
export type SendResult = 'sent' | 'busy' | 'offline';

/** The transport calls these one at a time, never from inside a call of the core's into it. */
export interface TransportHandler {
  onSelf(online: boolean): void;
  onFriend(friend: PublicKey, online: boolean): void;
  onPacket(friend: PublicKey, packet: Uint8Array): void;
  /** After 'busy': packets for this friend are taken again. */
  onWritable(friend: PublicKey): void;
  onMessage(friend: PublicKey, type: 'normal' | 'action', text: string): void;
  /** The set of friends changed. */
  onFriends(): void;
}

/** Largest custom packet, bytes, with its id byte (Tox specification). */
export const MAX_PACKET_BYTES = 1373;
/**
 * Packets for one friend that the network has not taken before `sendPacket` says 'busy'. It goes on taking a few
 * when the friend is silent (4 a second, libtoxcore 0.2.18): room again is no proof of life.
 */
export const PACKET_WINDOW = 256;
