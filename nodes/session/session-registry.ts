import {
  AsyncManager,
  Desk,
  systemPlatform,
  type AsyncManagerOptions,
  type Logger,
  type Random,
  type Timer,
  type Timers,
} from '../../lib/index';
import { SignalList } from '../runtime/handlers/signal-list';
import { LINGER } from './network/transport-slot';
import { Session } from './session';
import type { SessionManager } from './session-manager';
import { sameSettings, type SessionSettings } from './session-settings';

export interface SessionRegistryParts<M extends SessionManager = AsyncManager> {
  readonly timers: Timers;
  readonly random: Random;
  readonly create: (options: AsyncManagerOptions) => Promise<M>;
}

/**
 * The sessions of this process, by the id of their storage-node. They are kept outside the node instances, because
 * a full deploy closes every node and starts it again.
 */
export class SessionRegistry<M extends SessionManager = AsyncManager> {
  readonly #parts: SessionRegistryParts<M>;
  readonly #sessions = new Map<string, Session<M>>();
  readonly #lingering = new Map<string, Timer>();
  readonly #closing = new Set<Promise<void>>();
  readonly #identities = new Map<string, Session<M>>();
  /** A session came or went. */
  readonly changed = new SignalList();

  constructor(parts: SessionRegistryParts<M>) {
    this.#parts = parts;
  }

  /** By the id of their storage-node, those that wait for theirs to come back from a redeploy included. */
  all(): ReadonlyMap<string, Session<M>> {
    return this.#sessions;
  }

  /** A storage-node is there: it gets the session it had when its settings are the same, else a new one. */
  acquire(node: string, settings: SessionSettings, log: Logger): Session<M> {
    this.#lingering.get(node)?.cancel();
    this.#lingering.delete(node);
    const kept = this.#sessions.get(node);
    if (kept !== undefined && sameSettings(kept.settings, settings)) {
      kept.log = log;
      return kept;
    }
    if (kept !== undefined) this.#close(node, kept).catch((error: unknown) => log.error(String(error)));
    const session = new Session<M>(settings, log, {
      ...this.#parts,
      othersClosed: async () => {
        await Promise.allSettled(this.#closing);
      },
      claimIdentity: (publicKey, claimant) => this.#claim(publicKey, claimant),
    });
    this.#sessions.set(node, session);
    this.changed.emit();
    return session;
  }

  /** A storage-node closes: for good (`removed`: its session ends now), or for a redeploy (it waits a little). */
  async release(node: string, removed: boolean): Promise<void> {
    const session = this.#sessions.get(node);
    if (session === undefined) return;
    if (removed) return this.#close(node, session);
    const timer = this.#parts.timers.after(LINGER, () => {
      this.#lingering.delete(node);
      this.#close(node, session).catch((error: unknown) => session.log.error(String(error)));
    });
    this.#lingering.set(node, timer);
  }

  /** Ends a session whose storage-node is there: it gets a new one when it is started again. */
  async end(node: string): Promise<void> {
    const session = this.#sessions.get(node);
    if (session !== undefined) await this.#close(node, session);
  }

  #close(node: string, session: Session<M>): Promise<void> {
    if (this.#sessions.get(node) === session) this.#sessions.delete(node);
    this.changed.emit();
    const closing = session.close().finally(() => {
      this.#closing.delete(closing);
      for (const [key, holder] of this.#identities) if (holder === session) this.#identities.delete(key);
    });
    this.#closing.add(closing);
    return closing;
  }

  #claim(publicKey: string, claimant: Session<M>): boolean {
    const holder = this.#identities.get(publicKey) ?? claimant;
    if (holder !== claimant) return false;
    this.#identities.set(publicKey, claimant);
    return true;
  }
}

/** The runtime's sessions. Like its nodes, they belong to the process. */
export const sessions = new SessionRegistry({
  timers: systemPlatform.timers,
  random: systemPlatform.random,
  create: async (options) => {
    const manager = await AsyncManager.create(options);
    // The command `tox-async` asks whoever holds the data directory.
    new Desk(manager, systemPlatform).open();
    return manager;
  },
});
