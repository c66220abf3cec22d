import { systemPlatform, VirtualNetwork, type PublicKey, type VirtualTransport } from '../../../lib/index';

interface Entry {
  readonly network: VirtualNetwork;
  members: number;
}

const networks = new Map<string, Entry>();

/** A member's transport, and what takes it out of the network again. */
export interface Membership {
  readonly transport: VirtualTransport;
  leave(): Promise<void>;
}

/**
 * Joins the virtual network of this name, which lives in this process from its first member to its last.
 * ErrAmbiguousFriend when another identity has this member's name there.
 */
export function joinVirtualNetwork(name: string, member: { publicKey: PublicKey; name: string }): Membership {
  const { timers, random } = systemPlatform;
  const entry = networks.get(name) ?? { network: new VirtualNetwork({ timers, random }), members: 0 };
  const transport = entry.network.join(member);
  entry.members += 1;
  networks.set(name, entry);
  return {
    transport,
    async leave() {
      try {
        await transport.leave();
      } finally {
        entry.members -= 1;
        if (entry.members === 0) networks.delete(name);
      }
    },
  };
}
