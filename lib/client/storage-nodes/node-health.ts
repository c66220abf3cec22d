/** How much an older result still counts when a new one is noted. */
const FADE = 0.9;
/** A node that confirmed a message and can't serve it weighs as much as so many failures. */
const BROKEN_WEIGHT = 4;
/** Shares of good results from which a node counts as good, and as doubtful. */
const GOOD = 0.4;
const DOUBTFUL = 0.2;

/** 0 good or not known otherwise, 1 doubtful, 2 bad: smaller is better. */
export type HealthGrade = 0 | 1 | 2;

/** What we know of how well a storage node works, from our own requests only; older results fade. */
export class NodeHealth {
  #good = 0;
  #bad = 0;

  get grade(): HealthGrade {
    const share = (this.#good + 1) / (this.#good + this.#bad + 2);
    if (share >= GOOD) return 0;
    return share >= DOUBTFUL ? 1 : 2;
  }

  noteSuccess(): void {
    this.#fade();
    this.#good += 1;
  }

  noteFailure(): void {
    this.#fade();
    this.#bad += 1;
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
