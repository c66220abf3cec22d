import { once } from 'node:events';
import WebSocket from 'ws';

/** Generous: a machine under load must not fail the demo. */
const LIMIT_MS = 60_000;

interface DebugMessage {
  readonly id: string;
  /** 'Object', 'boolean', 'string[6]', … */
  readonly format: string;
  readonly msg: string;
}

interface Packet {
  readonly topic: string;
  readonly data: unknown;
}

/**
 * The channel on which Node-RED tells its editor what happens: what the debug nodes show, and the badges. The demo
 * sees through it what a user sees in the browser.
 */
export class EditorComms {
  readonly #socket: WebSocket;
  readonly #shown = new Map<string, unknown[]>();
  readonly #badges = new Map<string, string>();
  readonly #listeners = new Set<() => void>();
  readonly #limitMs: number;
  #ended: string | undefined;

  private constructor(socket: WebSocket, limitMs: number) {
    this.#socket = socket;
    this.#limitMs = limitMs;
    socket.on('message', (data: Buffer) => this.#take(data.toString()));
    socket.on('error', (error) => this.#end(error.message));
    socket.on('close', () => this.#end('Node-RED closed the connection'));
  }

  /**
   * @param url of the runtime, without a slash at the end
   * @param limitMs longest wait for anything
   */
  static async connect(url: string, limitMs = LIMIT_MS): Promise<EditorComms> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/comms`);
    const comms = new EditorComms(socket, limitMs);
    await once(socket, 'open');
    // Badges that are there already come once more.
    socket.send(JSON.stringify({ subscribe: 'status/#' }));
    return comms;
  }

  /** Everything that a debug node has shown since the connection was made, oldest first. */
  shown(debugNode: string): readonly unknown[] {
    return this.#shown.get(debugNode) ?? [];
  }

  /** What a debug node shows as its `count`-th. */
  async nth(debugNode: string, count: number): Promise<unknown> {
    await this.#until(`message ${count} of the debug node ${debugNode}`, () =>
      this.shown(debugNode).length >= count ? undefined : `it has shown ${this.shown(debugNode).length}`,
    );
    return this.shown(debugNode)[count - 1];
  }

  /** Resolves when the node's badge says `text`. */
  badge(node: string, text: string): Promise<void> {
    return this.#until(`the badge "${text}" at ${node}`, () => {
      const badge = this.#badges.get(node);
      return badge === text
        ? undefined
        : `it says ${badge === undefined ? 'nothing' : JSON.stringify(badge)}`;
    });
  }

  close(): void {
    this.#socket.terminate();
  }

  /** Looks at once and after each packet. @param missing says what is not as it should be, undefined when all is */
  #until(what: string, missing: () => string | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.#listeners.delete(look);
        settle();
      };
      const fail = (why: string) =>
        end(() => reject(new Error(`${why} while waiting for ${what}: ${missing() ?? 'it came'}.`)));
      const look = () => {
        if (missing() === undefined) end(resolve);
        else if (this.#ended !== undefined) fail(this.#ended);
      };
      const timer = setTimeout(() => fail(`Nothing in ${this.#limitMs / 1000} s`), this.#limitMs);
      this.#listeners.add(look);
      look();
    });
  }

  #take(text: string): void {
    for (const { topic, data } of [JSON.parse(text) as Packet | Packet[]].flat()) {
      if (topic === 'debug') this.#show(data as DebugMessage);
      else if (topic.startsWith('status/')) {
        this.#badges.set(topic.slice('status/'.length), (data as { text?: string }).text ?? '');
      }
    }
    this.#notify();
  }

  #show({ id, format, msg }: DebugMessage): void {
    const shown = this.#shown.get(id) ?? [];
    shown.push(/^(Object|array|boolean|number)/.test(format) ? JSON.parse(msg) : msg);
    this.#shown.set(id, shown);
  }

  #end(why: string): void {
    this.#ended ??= why;
    this.#notify();
  }

  #notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
