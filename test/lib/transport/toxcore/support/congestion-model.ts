/**
 * A model of one direction of a connection of libtoxcore 0.2.18 (its net_crypto), in virtual milliseconds: how many
 * packets its congestion control lets through, with a network that delays and loses.
 */

const SAMPLE_MS = 50;
const SAMPLES = 12;
const MIN_RATE = 4;
const MIN_QUEUE = 64;
const BUFFER = 32_768;
/** Missing packets that fit into one request. */
const MAX_LISTED = 1372;
const EVENT_MS = 1000;
const REQUEST_MS = 1000;

export interface Network {
  /** There and back, milliseconds. */
  readonly rttMs: number;
  /** True when a data packet is to be lost. */
  readonly loses: () => boolean;
}

interface Request {
  readonly start: number;
  readonly missing: readonly number[];
}

export class CongestionModel {
  readonly #network: Network;
  readonly #wire: { at: number; deliver: (now: number) => void }[] = [];
  // The sender.
  #unacknowledged = new Map<number, number>();
  #start = 0;
  #end = 0;
  #rate = 0;
  #rateForResent = 0;
  #left = MIN_QUEUE;
  #leftForResent = MIN_QUEUE;
  #leftAt = 0;
  #leftForResentAt = 0;
  #rest = 0;
  #restForResent = 0;
  #sent = 0;
  #resent = 0;
  #sampledAt = 0;
  #samples: { queue: number; sent: number; resent: number }[] = [];
  #eventAt = -Infinity;
  #saidEndAt = 0;
  // The receiver.
  #held = new Set<number>();
  #expected = 0;
  #heardEnd = 0;
  #counted = 0;
  #receiveRate = 0;
  #countedAt = 0;
  #requestedAt = 0;
  #now = 0;

  constructor(network: Network) {
    this.#network = network;
  }

  /** Packets that the receiver's application has. */
  get received(): number {
    return this.#expected;
  }

  /** What the sender's side would let through, packets a second. */
  get rate(): number {
    return this.#rate;
  }

  get left(): number {
    return this.#left;
  }

  /** False when the congestion control refuses. */
  send(): boolean {
    if (this.#left === 0 || this.#end - this.#start >= BUFFER) return false;
    this.#transmit(this.#end);
    this.#end += 1;
    this.#left -= 1;
    this.#leftForResent -= 1;
    this.#sent += 1;
    return true;
  }

  /** One turn of both sides, at a later time. */
  iterate(now: number): void {
    this.#now = now;
    const due = this.#wire.filter(({ at }) => at <= now);
    this.#wire.splice(0, this.#wire.length, ...this.#wire.filter(({ at }) => at > now));
    for (const { deliver } of due) deliver(now);
    this.#receiverTurn(now);
    this.#senderTurn(now);
  }

  #transmit(number: number): void {
    this.#unacknowledged.set(number, this.#now);
    if (this.#network.loses()) return;
    this.#post(() => {
      this.#heardEnd = Math.max(this.#heardEnd, number + 1);
      if (number < this.#expected || this.#held.has(number)) return;
      this.#held.add(number);
      this.#counted += 1;
      while (this.#held.delete(this.#expected)) this.#expected += 1;
    });
  }

  #post(deliver: (now: number) => void): void {
    this.#wire.push({ at: this.#now + this.#network.rttMs / 2, deliver });
  }

  #receiverTurn(now: number): void {
    const held = this.#heardEnd - this.#expected;
    const wished =
      this.#receiveRate > MIN_RATE
        ? Math.min(
            12.5 / ((held + 1) / (this.#receiveRate + 1)),
            (MIN_RATE / this.#receiveRate) * REQUEST_MS + SAMPLE_MS,
          )
        : REQUEST_MS;
    const interval = Math.min(Math.max(wished, SAMPLE_MS), REQUEST_MS);
    if (now - this.#requestedAt > interval) {
      this.#requestedAt = now;
      const missing: number[] = [];
      for (let i = this.#expected; i < this.#heardEnd && missing.length < MAX_LISTED; i += 1)
        if (!this.#held.has(i)) missing.push(i);
      const request = { start: this.#expected, missing };
      this.#post((then) => this.#takeRequest(request, then));
    }
    if (this.#countedAt + SAMPLE_MS < now) {
      this.#receiveRate = this.#counted / ((now - this.#countedAt) / 1000);
      this.#counted = 0;
      this.#countedAt = now;
    }
  }

  #takeRequest({ start, missing }: Request, now: number): void {
    for (; this.#start < start; this.#start += 1) this.#unacknowledged.delete(this.#start);
    const wanted = new Set(missing);
    const last = missing.at(-1) ?? -1;
    for (let i = this.#start; i <= last && i < this.#end; i += 1) {
      const sentAt = this.#unacknowledged.get(i);
      if (!wanted.has(i)) this.#unacknowledged.delete(i);
      else if (sentAt !== undefined && sentAt + this.#network.rttMs < now) this.#unacknowledged.set(i, 0);
    }
  }

  #senderTurn(now: number): void {
    if (now - this.#saidEndAt > REQUEST_MS) {
      this.#saidEndAt = now;
      const end = this.#end;
      this.#post(() => (this.#heardEnd = Math.max(this.#heardEnd, end)));
    }
    if (this.#sampledAt + SAMPLE_MS < now) this.#sample(now);
    this.#refill(now);
    const resent = this.#resend(this.#leftForResent);
    if (resent === undefined) return;
    this.#leftForResent -= resent;
    this.#resent += resent;
    if (resent < this.#left) {
      this.#left -= resent;
      return;
    }
    // Also with nothing to resend, when there is no packet left: the trap that the pacer keeps out of.
    this.#eventAt = now;
    this.#left = 0;
  }

  #sample(now: number): void {
    this.#sampledAt = now;
    const queue = this.#end - this.#start;
    this.#samples.push({ queue, sent: this.#sent, resent: this.#resent });
    this.#sent = 0;
    this.#resent = 0;
    const grown = queue - (this.#samples.at(-SAMPLES)?.queue ?? 0);
    const delay = Math.min(Math.round(this.#network.rttMs / SAMPLE_MS), SAMPLES);
    const window = this.#samples.slice(-SAMPLES - delay, delay === 0 ? undefined : -delay);
    let sent = window.reduce((sum, sample) => sum + sample.sent, 0);
    let resent = window.reduce((sum, sample) => sum + sample.resent, 0);
    if (grown > 0) sent -= grown;
    else resent = Math.min(resent, -grown);
    const seconds = (SAMPLES * SAMPLE_MS) / 1000;
    const speed = Math.max(sent / seconds, MIN_RATE);
    const load = queue / speed;
    if (load > 2 && queue > MIN_QUEUE) this.#rate = speed * (2 / load);
    else this.#rate = speed * (now - this.#eventAt > EVENT_MS ? 1.2 : 0.9);
    this.#rate = Math.max(this.#rate, MIN_RATE);
    this.#rateForResent = Math.max(((sent + resent) / seconds) * 1.2, this.#rate);
  }

  #refill(now: number): void {
    if (this.#rate === 0) return;
    if (Math.floor(1000 / this.#rate + 0.5) + this.#leftAt <= now) {
      const more = (this.#rate * (now - this.#leftAt)) / 1000 + this.#rest;
      const count = Math.floor(more);
      const most = count * 4 + MIN_QUEUE;
      this.#left = this.#left > most ? most : this.#left + count;
      this.#rest = more - count;
      this.#leftAt = now;
    }
    if (Math.floor(1000 / this.#rateForResent + 0.5) + this.#leftForResentAt <= now) {
      const more = (this.#rateForResent * (now - this.#leftForResentAt)) / 1000 + this.#restForResent;
      this.#leftForResent = Math.floor(more);
      this.#restForResent = more - this.#leftForResent;
      this.#leftForResentAt = now;
    }
    this.#leftForResent = Math.max(this.#leftForResent, this.#left);
  }

  /** undefined when it may send none. */
  #resend(most: number): number | undefined {
    if (most === 0) return undefined;
    let count = 0;
    for (const [number, sentAt] of this.#unacknowledged) {
      if (sentAt !== 0) continue;
      this.#transmit(number);
      count += 1;
      if (count >= most) break;
    }
    return count;
  }
}
