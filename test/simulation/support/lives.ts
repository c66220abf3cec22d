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

/** One running copy of an identity: the first is named like it, the second has a mark. */
export interface Copy {
  /** Of the identity. */
  readonly name: string;
  /** Of the copy, unique. */
  readonly copy: string;
}

/** The directory and the run of the program that each copy is in. */
export class Lives {
  readonly #current = new Map<string, { lineage: Lineage; run: number }>();
  readonly #crashed = new Set<number>();
  #at = 0;
  #runs = 0;

  /** Each call is a moment of its own. */
  now({ copy }: Pick<Copy, 'copy'>): Moment {
    const current = this.#current.get(copy) ?? this.begin({ copy }, new Lineage());
    this.#at += 1;
    return { ...current, at: this.#at };
  }

  /** Power failed. */
  crashed(copy: Copy): void {
    this.#crashed.add(this.now(copy).run);
  }

  hasCrashed({ run }: Moment): boolean {
    return this.#crashed.has(run);
  }

  /** A run of the program begins, on this directory. */
  begin(
    { copy }: Pick<Copy, 'copy'>,
    lineage: Lineage = this.now({ copy }).lineage,
  ): { lineage: Lineage; run: number } {
    this.#runs += 1;
    const current = { lineage, run: this.#runs };
    this.#current.set(copy, current);
    return current;
  }
}
