/**
 * What the page of Dashboard 2 does: it holds a socket.io connection, loads its widgets, and tells of a click. It polls:
 * Dashboard 2 refuses a connection that begins as a WebSocket.
 */
export class PageSocket {
  readonly #address: string;
  /** The last arguments of each event. */
  readonly #heard = new Map<string, readonly unknown[]>();
  readonly #end = new AbortController();

  private constructor(address: string) {
    this.#address = address;
  }

  /** @param url of Node-RED, and `path` of the dashboard */
  static async open(url: string, path: string): Promise<PageSocket> {
    const address = `${url}${path}/socket.io/?EIO=4&transport=polling`;
    const hello = await (await fetch(address)).text();
    const { sid } = JSON.parse(hello.slice(1)) as { sid: string };
    const page = new PageSocket(`${address}&sid=${sid}`);
    await page.#post('40');
    void page.#poll();
    return page;
  }

  emit(event: string, ...args: readonly unknown[]): Promise<void> {
    return this.#post(`42${JSON.stringify([event, ...args])}`);
  }

  /** The last arguments that came with an event; none before the first one. */
  heard(event: string): readonly unknown[] {
    return this.#heard.get(event) ?? [];
  }

  close(): void {
    this.#end.abort();
  }

  async #post(body: string): Promise<void> {
    const headers = { 'content-type': 'text/plain;charset=UTF-8' };
    await (await fetch(this.#address, { method: 'POST', body, headers })).text();
  }

  async #poll(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      const answer = await fetch(this.#address, { signal }).catch(() => undefined);
      if (answer?.ok !== true) return;
      for (const packet of (await answer.text()).split('\x1e')) await this.#take(packet);
    }
  }

  /** Packets of engine.io and, in its messages (4), of socket.io. */
  async #take(packet: string): Promise<void> {
    if (packet === '2') await this.#post('3');
    if (!packet.startsWith('42')) return;
    const [event, ...args] = JSON.parse(packet.slice(2)) as [string, ...unknown[]];
    this.#heard.set(event, args);
  }
}
