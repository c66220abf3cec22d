import { copyOf } from '../../bytes';
import { PeerMap } from '../../peer-map';
import type { PublicKey } from '../../types';
import type { TransportHandler } from '../transport';
import type { VirtualLane } from './virtual-lane';

/** A connection as one member sees it: the lane it sends on and the lane its friend sends on. */
export interface VirtualLink {
  readonly friend: VirtualMember;
  readonly out: VirtualLane;
  readonly in: VirtualLane;
}

/** One identity on a virtual network, and whom it sees. */
export class VirtualMember {
  readonly publicKey: PublicKey;
  readonly name: string;
  /** Friends that this member believes to be online, by key. */
  readonly links = new PeerMap<VirtualLink>();
  /** Whether it goes online when it runs. */
  wantsOnline = true;
  #run: { readonly handler: TransportHandler } | undefined;

  constructor(publicKey: PublicKey, name: string) {
    this.publicKey = copyOf(publicKey);
    this.name = name;
  }

  get isRunning(): boolean {
    return this.#run !== undefined;
  }

  get isOnline(): boolean {
    return this.isRunning && this.wantsOnline;
  }

  run(handler: TransportHandler): void {
    this.#run = { handler };
  }

  /** From now on the handler is not called, not even for what was posted before. */
  halt(): void {
    this.#run = undefined;
  }

  /** Calls the handler after the caller has returned; calls come one by one, in the order of posting. */
  post(call: (handler: TransportHandler) => void): void {
    const run = this.#run;
    if (!run) return;
    void Promise.resolve().then(() => {
      if (this.#run === run) call(run.handler);
    });
  }
}
