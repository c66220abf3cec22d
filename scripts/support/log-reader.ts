/** One line that a process wrote; `level` is set when it came from Node-RED's logger. */
export interface LogLine {
  text: string;
  level?: string;
}

export interface WaitOptions {
  /** Only lines from this index of `lines` on count; 0 when absent. */
  from?: number;
  timeoutMs?: number;
}

const LEVEL = /^\d+ \w+ \d\d:\d\d:\d\d - \[(\w+)\]/;

/** Cuts a process's output into lines, keeps them, and lets others wait for one. */
export class LogReader {
  readonly lines: LogLine[] = [];
  private readonly rests = new Map<string, string>();
  private readonly listeners = new Set<() => void>();
  private ending: string | undefined;

  /** Takes a piece of the output of `stream`. */
  push(stream: string, text: string): void {
    const parts = ((this.rests.get(stream) ?? '') + text).split('\n');
    this.rests.set(stream, parts.pop() ?? '');
    for (const part of parts) this.add(part);
    this.notify();
  }

  /** No more output comes: waits that are still open fail with `why`. */
  end(why: string): void {
    for (const rest of this.rests.values()) if (rest !== '') this.add(rest);
    this.ending = why;
    this.notify();
  }

  /**
   * The first line that matches, whether it is there already or comes later.
   * @throws Error with the log's end when the time is over or the process has ended
   */
  waitFor(pattern: RegExp, { from = 0, timeoutMs = 30_000 }: WaitOptions = {}): Promise<LogLine> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.listeners.delete(look);
        settle();
      };
      const fail = (why: string) => {
        finish(() => reject(new Error(`${why} while waiting for ${String(pattern)}\n${this.tail()}`)));
      };
      const look = () => {
        const line = this.lines.slice(from).find(({ text }) => pattern.test(text));
        if (line) finish(() => resolve(line));
        else if (this.ending !== undefined) fail(this.ending);
      };
      const timer = setTimeout(() => fail(`Nothing in ${timeoutMs} ms`), timeoutMs);
      this.listeners.add(look);
      look();
    });
  }

  /** The last lines, for error messages. */
  tail(count = 40): string {
    const lines = this.lines.slice(-count).map(({ text }) => `  | ${text}`);
    return lines.join('\n');
  }

  private add(text: string): void {
    const level = LEVEL.exec(text)?.[1];
    this.lines.push(level === undefined ? { text } : { text, level });
  }

  private notify(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
