import { ByteMap } from '../byte-map';
import { PeerMap } from '../peer-map';
import type { FleetFriend, FleetRegister } from '../storage/fleet/fleet-register';
import type { PublicKey } from '../types';

/** A register of a fleet whose nodes run in one process. */
export class MemoryFleetRegister implements FleetRegister {
  readonly #friends = new PeerMap<readonly FleetFriend[]>();

  publish(node: PublicKey, friends: readonly FleetFriend[]): Promise<void> {
    this.#friends.set(node, friends);
    return Promise.resolve();
  }

  read(): Promise<readonly FleetFriend[]> {
    const all = new ByteMap<FleetFriend>();
    for (const friend of [...this.#friends.values()].flat()) all.set(friend.mailbox, friend);
    return Promise.resolve([...all.values()]);
  }
}
