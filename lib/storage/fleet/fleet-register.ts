import type { PublicKey } from '../../types';

/** A friend of a node of a fleet, as the other nodes know it. */
export interface FleetFriend {
  /** 32 bytes. */
  readonly mailbox: Uint8Array;
  /** 16 bytes, by which the fleet names what this friend submitted. */
  readonly mark: Uint8Array;
}

/** Where the nodes of a fleet tell each other of their friends: beside the mail that they share. */
export interface FleetRegister {
  /**
   * These are the friends of `node` now, in place of those that it named before. Durable when it resolves. A node that
   * did not say so for 7 days is forgotten with its friends.
   * @throws ErrStore, ErrDatabase, ErrClosed
   */
  publish(node: PublicKey, friends: readonly FleetFriend[]): Promise<void>;
  /** The friends of all nodes, each once. @throws ErrStore, ErrDatabase, ErrClosed */
  read(): Promise<readonly FleetFriend[]>;
}
