/** What the demo tells on the terminal: numbered steps, and lines with the seconds since the start. */
export class Transcript {
  #start = performance.now();
  #steps = 0;
  #step = 'the preparation';

  /** The step under way, for a failure's report. */
  get step(): string {
    return this.#step;
  }

  get seconds(): number {
    return (performance.now() - this.#start) / 1000;
  }

  begin(title: string): void {
    this.#steps += 1;
    this.#step = `${this.#steps}. ${title}`;
    console.log(`\n${this.#step}`);
  }

  /** One line with its time. */
  tell(text: string): void {
    console.log(`${this.seconds.toFixed(1).padStart(6)} s  ${text}`);
  }

  /** Lines that belong to the one before. */
  detail(...lines: string[]): void {
    for (const line of lines) console.log(`${' '.repeat(10)}${line}`);
  }
}

/** The first bytes of an identifier, for reading. */
export function short(hex: string): string {
  return `${hex.slice(0, 16)}…`;
}
