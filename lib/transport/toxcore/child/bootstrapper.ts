import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { fromHex } from '../../../bytes';
import type { BootstrapNode } from '../bootstrap-nodes';

/** Nodes asked each time. */
const ASKED_AT_ONCE = 4;
/** Rounds follow each other quickly at first, then slowly, milliseconds. */
const QUICK = 3000;
const QUICK_ROUNDS = 40;
const SLOW = 30_000;

/** The way into the network, as libtoxcore takes it. */
export interface Entrance {
  bootstrap(host: string, port: number, key: Uint8Array): boolean;
  addRelay(host: string, port: number, key: Uint8Array): boolean;
}

export interface BootstrapperOptions {
  readonly nodes: readonly BootstrapNode[];
  /** With a proxy names are not looked up: that would go around it. */
  readonly lookUp: boolean;
  /** A random whole number from 0 up to, not including, `below`. */
  readonly random: (below: number) => number;
}

/** Finds the network: asks a few nodes again and again until enough is connected. */
export class Bootstrapper {
  readonly #o: BootstrapperOptions;
  #rounds = 0;
  #next = 0;

  constructor(options: BootstrapperOptions) {
    this.#o = options;
  }

  /**
   * Called in every turn.
   * @param now milliseconds of a clock that does not jump
   * @param missing the network, or only friends: those may be offline for long and are sought for a while only
   */
  turn(now: number, missing: 'network' | 'friends' | undefined, entrance: () => Entrance | undefined): void {
    if (missing === undefined) {
      this.#rounds = 0;
      this.#next = now + QUICK;
      return;
    }
    if (now < this.#next || (missing === 'friends' && this.#rounds >= QUICK_ROUNDS)) return;
    this.#rounds += 1;
    this.#next = now + (this.#rounds < QUICK_ROUNDS ? QUICK : SLOW);
    for (const node of this.#pick()) void this.#ask(node, entrance);
  }

  /** A connection ended: what is missing is sought again. */
  again(): void {
    this.#rounds = 0;
  }

  #pick(): BootstrapNode[] {
    const left = [...this.#o.nodes];
    const picked: BootstrapNode[] = [];
    while (left.length > 0 && picked.length < ASKED_AT_ONCE)
      picked.push(...left.splice(this.#o.random(left.length), 1));
    return picked;
  }

  /** libtoxcore would look names up itself and stand still until then. */
  async #ask({ host, port, key, tcpPorts = [port] }: BootstrapNode, entrance: () => Entrance | undefined) {
    const address = isIP(host) !== 0 || !this.#o.lookUp ? host : await addressOf(host);
    const publicKey = fromHex(key);
    const network = entrance();
    if (!network || !publicKey || address === undefined || isIP(address) === 0) return;
    network.bootstrap(address, port, publicKey);
    for (const tcpPort of tcpPorts) network.addRelay(address, tcpPort, publicKey);
  }
}

/** undefined when the name cannot be found now: another node, or the next round, may do better. */
async function addressOf(name: string): Promise<string | undefined> {
  return lookup(name).then(
    ({ address }) => address,
    () => undefined,
  );
}
