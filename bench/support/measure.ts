/**
 * Rates are operations a second. Everything that is compared runs in turns, many short ones, so that a slow moment
 * hits all and spoils few.
 */
export interface Subject {
  readonly name: string;
  /** Does `count` operations. */
  readonly run: (count: number) => void | Promise<void>;
}

export interface Rate {
  readonly name: string;
  /** Median over the rounds. */
  readonly perSecond: number;
}

const ROUNDS = 31;

/** @param roundMs how long one round of one subject takes, about */
export async function measure(subjects: readonly Subject[], roundMs = 20): Promise<Rate[]> {
  const counts = new Map<Subject, number>();
  for (const subject of subjects) counts.set(subject, await countFor(subject, roundMs));
  const rates = new Map<Subject, number[]>(subjects.map((subject) => [subject, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const subject of subjects) {
      const count = counts.get(subject) ?? 1;
      const ms = await time(() => subject.run(count));
      rates.get(subject)?.push((count * 1000) / ms);
    }
  }
  return subjects.map((subject) => ({ name: subject.name, perSecond: median(rates.get(subject) ?? []) }));
}

/** Also warms up. */
async function countFor(subject: Subject, roundMs: number): Promise<number> {
  for (let count = 1; ; count *= 2) {
    const ms = await time(() => subject.run(count));
    if (ms >= roundMs / 4) return Math.max(1, Math.round((count * roundMs) / ms));
  }
}

async function time(run: () => void | Promise<void>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which this part (0 up to, not including, 1) of the values lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * part)] ?? 0;
}

/** Keeps `inFlight` operations going until `count` are done. */
export async function withInFlight(
  count: number,
  inFlight: number,
  operation: (i: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const i = next;
      next += 1;
      await operation(i);
    }
  };
  await Promise.all(Array.from({ length: Math.min(inFlight, count) }, lane));
}
