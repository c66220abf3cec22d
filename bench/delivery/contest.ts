/** Adds up how long the timed parts of a round take. */
export class Stopwatch {
  #milliseconds = 0;

  get milliseconds(): number {
    return this.#milliseconds;
  }

  async run(work: () => Promise<unknown>): Promise<void> {
    const start = performance.now();
    await work();
    this.#milliseconds += performance.now() - start;
  }
}

/** Something that carries messages, in rounds. */
export interface Carrier {
  readonly messagesPerRound: number;
  /** What `watch` does not run takes no time, only processor time. */
  round(watch: Stopwatch): Promise<void>;
  /** Processor seconds so far of processes beside this one. */
  otherCpu?(): Promise<number>;
  close(): Promise<void>;
}

/** What one carrier needs. */
export interface Cost {
  readonly perSecond: number;
  /** Processor time of all that take part, milliseconds a message. */
  readonly cpu: number;
}

/** All in turns, so that a slow moment hits all; means, so that what a carrier puts off for a while counts. */
async function compare(
  carriers: readonly Carrier[],
  { rounds, warmUps = 1 }: { rounds: number; warmUps?: number },
): Promise<Cost[]> {
  for (let round = 0; round < warmUps; round += 1) {
    for (const carrier of carriers) await carrier.round(new Stopwatch());
  }
  const watches = carriers.map(() => new Stopwatch());
  const cpu = carriers.map(() => 0);
  for (let round = 0; round < rounds; round += 1) {
    for (const [at, carrier] of carriers.entries()) {
      const before = await cpuOf(carrier);
      await carrier.round(watches[at] ?? new Stopwatch());
      cpu[at] = (cpu[at] ?? 0) + (await cpuOf(carrier)) - before;
    }
  }
  return carriers.map(({ messagesPerRound }, at) => {
    const messages = rounds * messagesPerRound;
    return {
      perSecond: (messages * 1000) / (watches[at]?.milliseconds ?? NaN),
      cpu: (cpu[at] ?? NaN) / messages,
    };
  });
}

/** Opens them one after the other, compares them, and closes them whatever happens. */
export async function inTurns(
  open: readonly (() => Promise<Carrier>)[],
  how: { rounds: number; warmUps?: number },
): Promise<Cost[]> {
  const carriers: Carrier[] = [];
  try {
    for (const each of open) carriers.push(await each());
    return await compare(carriers, how);
  } finally {
    for (const carrier of carriers) await carrier.close();
  }
}

/** Milliseconds. */
async function cpuOf(carrier: Carrier): Promise<number> {
  const other = (await carrier.otherCpu?.()) ?? 0;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000 + other * 1000;
}
