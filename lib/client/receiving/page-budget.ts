/** Pages saying that more follow, that a node may have us read at once, and seconds after which it has one more. */
const MOST = 500;
const SECONDS_A_PAGE = 4;

/**
 * How many pages of its list one node may still have us read. Only those count that say `more`: a list that ends costs
 * nothing, and one without end is read slowly, in however many visits.
 */
export class PageBudget {
  readonly #ages: { now(): number };
  #left = MOST;
  /** Age at which `#left` was right. */
  #at: number;

  constructor(ages: { now(): number }) {
    this.#ages = ages;
    this.#at = ages.now();
  }

  /** Whole pages. */
  get left(): number {
    const now = this.#ages.now();
    this.#left = Math.min(MOST, this.#left + (now - this.#at) / SECONDS_A_PAGE);
    this.#at = now;
    return Math.floor(this.#left);
  }

  take(pages: number): void {
    this.#left -= pages;
  }
}
