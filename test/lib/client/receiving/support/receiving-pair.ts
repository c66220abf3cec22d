import { utf8 } from '../../../../../lib/bytes';
import type { Origin } from '../../../../../lib/client/receiving/receive-result';
import { DAY, KeyPeer, pair } from '../../../forward-security/support/key-peer';
import { ReceivingPeer } from '../../support/receiving-peer';

/** Ids of messages. */
export const ID = filled(7);
export const OTHER = filled(8);
/** A storage node that brings an envelope. */
export const NODE = { via: 'stored', node: filled(3) } as const satisfies Origin;

export function filled(byte: number): Uint8Array {
  return new Uint8Array(32).fill(byte);
}

/** Alice, who seals, and Bob, whose client receives. */
export class ReceivingPair {
  readonly alice: KeyPeer;
  bob: ReceivingPeer;
  /** Alice brings an envelope herself. */
  readonly direct: Origin;

  private constructor(alice: KeyPeer, bob: KeyPeer) {
    this.alice = alice;
    this.bob = new ReceivingPeer(bob);
    this.direct = { via: 'direct', peer: alice.pk };
  }

  static async open(): Promise<ReceivingPair> {
    const { alice, bob } = await pair('receiver');
    const opened = new ReceivingPair(alice, bob);
    await bob.giveKeys(alice);
    return opened;
  }

  /** An envelope from Alice to Bob. */
  async seal(data: Uint8Array | string, type = 0, messageId = ID): Promise<Uint8Array> {
    const bytes = typeof data === 'string' ? utf8(data) : data;
    const options = { messageId, lifetime: DAY };
    return (await this.alice.fsm.sendForwardSecureMessage(this.bob.keys.pk, bytes, type, options)).envelope;
  }

  /** Live keys that Bob issued to Alice. */
  keysLeft(): number {
    return this.bob.keys.fsm.issued.liveCount(this.alice.pk);
  }

  /** Somebody else who has keys of Bob's. */
  async strangerWithKeys(): Promise<KeyPeer> {
    const eve = await KeyPeer.open('eve');
    await this.bob.keys.giveKeys(eve);
    return eve;
  }
}
