import { ToxAsyncError } from '../../errors';
import type { Transport } from '../../transport/transport';
import type { ManagerParts } from './build-session';

/** The transport of a session, which may come and go while the session runs, or come before its start. */
export class SessionTransport {
  readonly #parts: Pick<ManagerParts, 'network' | 'events' | 'client'>;
  /** The network is there: its friends can be asked for. */
  readonly #onStarted: () => Promise<void>;
  #current: Transport | undefined;
  #running = false;
  #stopped = false;

  constructor(
    parts: Pick<ManagerParts, 'network' | 'events' | 'client'>,
    first: Transport | undefined,
    onStarted: () => Promise<void>,
  ) {
    this.#parts = parts;
    this.#current = first;
    this.#onStarted = onStarted;
  }

  get current(): Transport | undefined {
    return this.#current;
  }

  /** Whether the session is started, so that a transport is too. */
  get running(): boolean {
    return this.#running;
  }

  /** Does nothing in a session that was stopped while it started. @throws ErrIdentityMismatch, ErrTransport */
  async start(): Promise<void> {
    if (this.#stopped) return;
    this.#running = true;
    if (this.#current !== undefined) await this.#start(this.#current);
  }

  /** For good. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#stopped = true;
    await this.#parts.network.detach();
  }

  /** @throws ErrTransportAttached, ErrIdentityMismatch, ErrTransport */
  async attach(transport: Transport): Promise<void> {
    if (this.#current !== undefined) {
      throw new ToxAsyncError(
        'ErrTransportAttached',
        'This session already has a transport. Use one tox-transport node for each session.',
      );
    }
    this.#current = transport;
    if (this.#running) await this.#start(transport);
    this.#tell();
  }

  async detach(): Promise<void> {
    this.#current = undefined;
    await this.#parts.network.detach();
    this.#tell();
  }

  async #start(transport: Transport): Promise<void> {
    try {
      await this.#parts.network.attach(transport);
    } catch (error) {
      if (this.#current === transport) this.#current = undefined;
      throw error;
    }
    await this.#onStarted();
  }

  #tell(): void {
    const { network, events, client } = this.#parts;
    client.onTransport();
    events.emit('transport-status', { attached: this.#current !== undefined, online: network.isOnline() });
    events.emit('changed', undefined);
  }
}
