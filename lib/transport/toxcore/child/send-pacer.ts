/**
 * Keeps one connection out of a trap in libtoxcore's congestion control (net_crypto of 0.2.18). There, a turn that
 * finds no room left for new packets, but some for packets to be sent again, counts as congestion: the rate falls.
 * Who fills every last place makes that happen again and again after a single lost packet, until 4 packets a second
 * are left, for as long as there is something to send. libtoxcore's own file transfers leave 16 places free; how many
 * there are remains unknown to us. So, once what it takes of us falls while we always had more, this keeps below it.
 */

/** What was taken is counted as libtoxcore counts it: in steps, over this many of them, milliseconds. */
const STEP_MS = 50;
const STEPS = 12;
const WINDOW_S = (STEP_MS * STEPS) / 1000;
/** Above 2,000 packets a second every turn of a millisecond has room for new packets, and there is no trap. */
const SAFE = 2000 * WINDOW_S;
/** Falling: less than this share of the window before, in so many steps in a row. */
const FALLING = 0.97;
const FALLING_STEPS = 14;
/** libtoxcore lets its rate grow to 1.2 times what was taken, but not in the second after it saw congestion. */
const GROWTH = 1.15;
const HOLD_MS = 1100;
/** Below libtoxcore's least, packets a second. */
const LEAST = 3;
/** Places to leave free, and the most that goes out at once after a pause: libtoxcore then has 64. */
const FREE = 16;
const BURST = 48;

export class SendPacer {
  /** Packets taken in each of the last steps, the newest first. */
  readonly #taken = new Array<number>(2 * STEPS).fill(0);
  #step = 0;
  #refusedAt = -Infinity;
  #fallingSteps = 0;
  #pacing = false;
  #allowed = 0;
  #allowedAt = 0;

  /** How many packets may be offered to libtoxcore now. @param now milliseconds of a clock that does not jump */
  room(now: number): number {
    this.#goOnTo(now);
    if (!this.#pacing) return Infinity;
    const growth = now - this.#refusedAt < HOLD_MS ? 1 : GROWTH;
    const rate = Math.max((this.#recent(0) / WINDOW_S) * growth, LEAST);
    const passed = now - this.#allowedAt;
    this.#allowedAt = now;
    const most = BURST + (2 * rate * Math.min(passed, STEP_MS)) / 1000;
    this.#allowed = Math.min(this.#allowed + (rate * passed) / 1000, most);
    return Math.max(0, Math.floor(this.#allowed));
  }

  /** libtoxcore took packets, in the same moment as `room` was asked. */
  took(count: number): void {
    this.#taken[0] = (this.#taken[0] ?? 0) + count;
    this.#allowed -= count;
  }

  /** libtoxcore had no room. */
  refused(now: number): void {
    this.#refusedAt = now;
    this.#allowed = -FREE;
  }

  #goOnTo(now: number): void {
    const step = Math.floor(now / STEP_MS);
    for (; this.#step < step; this.#step += 1) {
      // After a long pause nothing older counts.
      if (step - this.#step > 2 * STEPS) this.#step = step - 2 * STEPS;
      this.#endStep(now);
    }
  }

  #endStep(now: number): void {
    const recent = this.#recent(0);
    const refused = now - this.#refusedAt < 2 * STEP_MS;
    const falling = refused && recent < SAFE && recent < this.#recent(STEPS) * FALLING;
    this.#fallingSteps = falling ? this.#fallingSteps + 1 : 0;
    if (this.#fallingSteps >= FALLING_STEPS && !this.#pacing) {
      this.#pacing = true;
      this.#allowed = -FREE;
      this.#allowedAt = now;
    }
    this.#taken.pop();
    this.#taken.unshift(0);
  }

  #recent(from: number): number {
    let sum = 0;
    for (let i = from; i < from + STEPS; i += 1) sum += this.#taken[i] ?? 0;
    return sum;
  }
}
