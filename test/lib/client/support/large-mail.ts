import { toHex } from '../../../../lib/bytes';
import type { Received } from '../../../../lib/client/receiving/receive-result';
import { chunksOf, headOf } from '../../vectors/support/reference/large';
import type { KeyPeer } from '../../forward-security/support/key-peer';

export interface LargeMailInit {
  readonly number?: number;
  readonly data?: Uint8Array;
  readonly inner?: number;
  readonly deflated?: boolean;
  readonly key?: Uint8Array;
  /** Bytes that the head names, whatever `data` has. */
  readonly total?: number;
}

/** Three chunks: two full ones and one as long as other envelopes. */
export const THREE_CHUNKS = 1332 + 2 * 5300 + 100;

/** A large message of a sender, as the page has it. */
export class LargeMail {
  readonly messageId: Uint8Array;
  readonly data: Uint8Array;
  /** The data of the head. */
  readonly head: Uint8Array;
  readonly chunks: readonly Uint8Array[];
  readonly #from: KeyPeer;
  readonly #to: { readonly pk: Uint8Array };

  constructor(from: KeyPeer, to: { readonly pk: Uint8Array }, init: LargeMailInit = {}) {
    const { number = 1, data = new Uint8Array(THREE_CHUNKS).fill(0x61), inner = 0, deflated = false } = init;
    const payload = {
      payloadKey: init.key ?? new Uint8Array(32).fill(100 + number),
      label: new Uint8Array(),
      inner,
      deflated,
      data,
    };
    this.#from = from;
    this.#to = to;
    this.messageId = new Uint8Array(32).fill(number);
    this.data = data;
    this.head = headOf(payload);
    this.chunks = chunksOf(payload, to.pk);
  }

  /** The head under the next key. */
  async seal(lifetime = 24 * 60 * 60): Promise<Uint8Array> {
    const options = { messageId: this.messageId, lifetime };
    return (await this.#from.fsm.sendForwardSecureMessage(this.#to.pk, this.head, 4, options)).envelope;
  }

  get id(): string {
    return toHex(this.messageId);
  }
}

export const codes = (received: readonly Received[]) => received.map(({ code }) => code);
