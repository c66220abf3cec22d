import { copyOf } from '../../bytes';
import { PACKET_WINDOW, type SendResult } from '../transport';

/** What travels on a lane. `receipt` is called once: true when the friend confirmed the message. */
export type Parcel =
  | { readonly kind: 'packet'; readonly packet: Uint8Array }
  | {
      readonly kind: 'message';
      readonly type: 'normal' | 'action';
      readonly text: string;
      readonly receipt: (confirmed: boolean) => void;
    };

/** What a lane takes from the network it belongs to. */
export interface LaneRoute {
  /** Runs `done` after the time one trip takes now. */
  travel(done: () => void): void;
  /** Runs `done` after this many milliseconds. */
  wait(ms: number, done: () => void): void;
  /** False while nothing gets through, in either direction. */
  isPassable(): boolean;
  /** A batch reached the other end; false when the connection broke under it. */
  survives(): boolean;
  deliver(parcel: Parcel): void;
  /** After 'busy': there is room again. */
  writable(): void;
}

/** What one handler call sends; it travels, arrives and is acknowledged as a whole. */
interface Batch {
  readonly parcels: Parcel[];
  /** Where it is: 'there' and 'back' are places to wait in until the way is free. */
  at: 'going' | 'there' | 'returning' | 'back';
}

/** toxcore's least rate: it takes a packet so often even when nothing is acknowledged, milliseconds. */
const LEAST_RATE_MS = 250;

/**
 * One direction of a connection between two members, as toxcore's net_crypto offers it: in order, without
 * loss as long as the connection lasts, with a window of PACKET_WINDOW packets. While the way is blocked
 * everything waits; when the connection ends everything under way is lost.
 */
export class VirtualLane {
  readonly #route: LaneRoute;
  #batches: Batch[] = [];
  #filling: Batch | undefined;
  #unacknowledged = 0;
  /** Of those not acknowledged, packets that are out of the window all the same. */
  #takenEarly = 0;
  #trickling = false;
  #refused = false;
  #open = true;

  constructor(route: LaneRoute) {
    this.#route = route;
  }

  /** True while the sending side believes in the connection. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Takes a copy of the packet, or refuses it while the window is full. */
  sendPacket(packet: Uint8Array): SendResult {
    if (!this.#hasRoom) {
      this.#refused = true;
      this.#takeOneEarly();
      return 'busy';
    }
    this.#unacknowledged += 1;
    this.#add({ kind: 'packet', packet: copyOf(packet) });
    return 'sent';
  }

  /** As `Transport.sendMessage`. Messages don't count in the window. */
  sendMessage(type: 'normal' | 'action', text: string): Promise<boolean> {
    return new Promise((receipt) => this.#add({ kind: 'message', type, text, receipt }));
  }

  /** Moves on what waited for the way to be free. */
  resume(): void {
    for (const batch of this.#batches) {
      if (!this.#open || batch.at === 'going' || !this.#route.isPassable()) break;
      if (batch.at === 'there') this.#arrive(batch);
    }
    while (this.#batches[0]?.at === 'back' && this.#route.isPassable()) {
      const [batch] = this.#batches.splice(0, 1);
      if (batch) this.#acknowledge(batch);
    }
  }

  /** The connection is over for the sending side; what was under way is lost. */
  close(): void {
    this.#open = false;
    const lost = this.#batches;
    this.#batches = [];
    for (const batch of lost) confirm(batch, false);
  }

  #add(parcel: Parcel): void {
    if (!this.#filling) {
      const batch: Batch = { parcels: [], at: 'going' };
      this.#filling = batch;
      this.#batches.push(batch);
      void Promise.resolve().then(() => {
        this.#filling = undefined;
        this.#move(batch, 'there');
      });
    }
    this.#filling.parcels.push(parcel);
  }

  /** Lets the batch travel; a later one that was faster waits in `resume` for those before it. */
  #move(batch: Batch, to: 'there' | 'back'): void {
    this.#route.travel(() => {
      batch.at = to;
      this.resume();
    });
  }

  #arrive(batch: Batch): void {
    if (!this.#route.survives()) return;
    batch.at = 'returning';
    for (const parcel of batch.parcels) this.#route.deliver(parcel);
    this.#move(batch, 'back');
  }

  #acknowledge(batch: Batch): void {
    const packets = batch.parcels.filter((parcel) => parcel.kind === 'packet').length;
    this.#unacknowledged -= packets;
    this.#takenEarly = Math.max(0, this.#takenEarly - packets);
    confirm(batch, true);
    this.#tellRoom();
  }

  #takeOneEarly(): void {
    if (this.#trickling) return;
    this.#trickling = true;
    this.#route.wait(LEAST_RATE_MS, () => {
      this.#trickling = false;
      if (!this.#open || !this.#refused) return;
      this.#takenEarly += 1;
      this.#tellRoom();
    });
  }

  get #hasRoom(): boolean {
    return this.#unacknowledged - this.#takenEarly < PACKET_WINDOW;
  }

  #tellRoom(): void {
    if (!this.#refused || !this.#hasRoom) return;
    this.#refused = false;
    this.#route.writable();
  }
}

function confirm(batch: Batch, confirmed: boolean): void {
  for (const parcel of batch.parcels) if (parcel.kind === 'message') parcel.receipt(confirmed);
}
