import { labelledHash } from '../../crypto/labelled-hash';
import type { CryptoProvider } from '../../crypto/provider';
import type { PublicKey } from '../../types';
import type { FleetFriend, FleetRegister } from './fleet-register';

/** What a MaskedFleetRegister needs. */
export interface MaskedFleetRegisterComponents {
  readonly crypto: CryptoProvider;
  /** Where the friends lie, masked. */
  readonly register: FleetRegister;
}

/**
 * A register that shows nobody without the secret of the fleet which mailbox has which mark. In the clear, somebody with a
 * copy of the database and a public key would look up the mark beside its mailbox, and then all mail of that submitter.
 * A mark lies there XORed with H("fleet-register", key of the marks, mailbox)[:16]. A mailbox has one mark as long as the
 * secret is the same, so no pad serves twice.
 */
export class MaskedFleetRegister implements FleetRegister {
  readonly #components: MaskedFleetRegisterComponents;
  readonly #marksKey: Uint8Array;
  /** What was read last, as it lies there and unmasked: a register gives the same list while nothing changed. */
  #last: { readonly masked: readonly FleetFriend[]; readonly friends: readonly FleetFriend[] } | undefined;

  /** @param marksKey of `fleetMarksKey` */
  constructor(components: MaskedFleetRegisterComponents, marksKey: Uint8Array) {
    this.#components = components;
    this.#marksKey = marksKey;
  }

  publish(node: PublicKey, friends: readonly FleetFriend[]): Promise<void> {
    return this.#components.register.publish(node, friends.map(this.#turned));
  }

  async read(): Promise<readonly FleetFriend[]> {
    const masked = await this.#components.register.read();
    if (this.#last?.masked !== masked) this.#last = { masked, friends: masked.map(this.#turned) };
    return this.#last.friends;
  }

  /** Masks a mark, or takes the mask off it. */
  readonly #turned = ({ mailbox, mark }: FleetFriend): FleetFriend => {
    const pad = labelledHash(this.#components.crypto, 'fleet-register', this.#marksKey, mailbox);
    return { mailbox, mark: mark.map((byte, n) => byte ^ (pad[n] ?? 0)) };
  };
}
