import { randomFraction } from '../../../../../lib/platform/random';
import { SeededRandom } from '../../../../../lib/testing/simulated-platform';

/** Chance from a seed. */
export class Draw {
  readonly #random: SeededRandom;

  constructor(seed: string) {
    this.#random = new SeededRandom(seed);
  }

  /** 0 to below 1. */
  fraction(): number {
    return randomFraction(this.#random);
  }

  /** A whole number, 0 to below `n`. */
  below(n: number): number {
    return Math.floor(this.fraction() * n);
  }

  /** A whole number from `least` to below `end`. */
  between(least: number, end: number): number {
    return least + this.below(end - least);
  }

  chance(share: number): boolean {
    return this.fraction() < share;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** Time to the next of events that come once in `mean` on average. */
  wait(mean: number): number {
    return Math.ceil(-Math.log(1 - this.fraction()) * mean);
  }
}
