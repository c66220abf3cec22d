/** When and in which directory something happened. */
export interface Moment {
  readonly lineage: Lineage;
  /** Number of the run of the program, unique in a history. */
  readonly run: number;
  /** Rises with everything that happens. */
  readonly at: number;
}

/** The life of one data directory; a copy of it that is put to use begins another, with the past up to the copy in common. */
export class Lineage {
  constructor(private readonly copied?: Moment) {}

  /** Whether a directory of this lineage must know what happened then. */
  remembers(moment: Moment): boolean {
    if (moment.lineage === this) return true;
    return this.copied !== undefined && moment.at < this.copied.at && this.copied.lineage.remembers(moment);
  }
}

/** The directory and the run of the program that each device is in. */
export class Lives {
  readonly #current = new Map<string, { lineage: Lineage; run: number }>();
  readonly #crashed = new Set<number>();
  #at = 0;
  #runs = 0;

  /** Each call is a moment of its own. */
  now(device: string): Moment {
    const current = this.#current.get(device) ?? this.begin(device, new Lineage());
    this.#at += 1;
    return { ...current, at: this.#at };
  }

  /** Power failed. */
  crashed(device: string): void {
    this.#crashed.add(this.now(device).run);
  }

  hasCrashed({ run }: Moment): boolean {
    return this.#crashed.has(run);
  }

  /** A run of the program begins, on this directory. */
  begin(device: string, lineage: Lineage = this.now(device).lineage): { lineage: Lineage; run: number } {
    this.#runs += 1;
    const current = { lineage, run: this.#runs };
    this.#current.set(device, current);
    return current;
  }
}
