/** How much an older result still counts when a new one is noted. */
const FADE = 0.9;
/** A node that confirmed a message and can't serve it weighs as much as so many failures. */
const BROKEN_WEIGHT = 4;
/** One that takes nothing at all weighs less than one that does not answer. */
const REFUSAL_WEIGHT = 0.5;
/** Share of the newest response time in the smoothed one. */
const NEWEST = 0.25;
/** Shares of good results from which a node counts as good, and as doubtful. */
const GOOD = 0.4;
const DOUBTFUL = 0.2;

/** 0 good or not known otherwise, 1 doubtful, 2 bad: smaller is better. */
export type HealthGrade = 0 | 1 | 2;

/** What is kept of a node's health. */
export interface HealthRecord {
  readonly good: number;
  readonly bad: number;
  /** Smoothed response time, milliseconds; absent until it answered. */
  readonly answersWithin?: number;
}

/** What we know of how well a storage node works, from our own requests only; older results fade. */
export class NodeHealth {
  #good: number;
  #bad: number;
  #answersWithin: number | undefined;

  constructor({ good, bad, answersWithin }: HealthRecord = { good: 0, bad: 0 }) {
    this.#good = good;
    this.#bad = bad;
    this.#answersWithin = answersWithin;
  }

  get record(): HealthRecord {
    const answersWithin = this.#answersWithin;
    return { good: this.#good, bad: this.#bad, ...(answersWithin !== undefined && { answersWithin }) };
  }

  get grade(): HealthGrade {
    const share = (this.#good + 1) / (this.#good + this.#bad + 2);
    if (share >= GOOD) return 0;
    return share >= DOUBTFUL ? 1 : 2;
  }

  /** Milliseconds, smoothed; undefined until it answered. */
  get answersWithin(): number | undefined {
    return this.#answersWithin;
  }

  /** @param took milliseconds until the answer, when that is known */
  noteSuccess(took?: number): void {
    this.#fade();
    this.#good += 1;
    if (took === undefined) return;
    const before = this.#answersWithin ?? took;
    this.#answersWithin = before + NEWEST * (took - before);
  }

  noteFailure(): void {
    this.#fade();
    this.#bad += 1;
  }

  /** It takes nothing from us at all. */
  noteRefusal(): void {
    this.#fade();
    this.#bad += REFUSAL_WEIGHT;
  }

  noteBroken(): void {
    this.#fade();
    this.#bad += BROKEN_WEIGHT;
  }

  /** It connected again: earlier failures count half as much. */
  noteReturn(): void {
    this.#bad /= 2;
  }

  #fade(): void {
    this.#good *= FADE;
    this.#bad *= FADE;
  }
}
