import type { Session } from './session';
import type { SessionRegistry } from './session-registry';

/** All sessions of this Node-RED, as they come and go. */
export class EverySession {
  readonly #registry: Pick<SessionRegistry, 'all' | 'changed'>;
  /** What is to be done when a session goes. */
  readonly #followed = new Map<Session, () => void>();
  #unfollow: (() => void) | undefined;

  constructor(registry: Pick<SessionRegistry, 'all' | 'changed'>) {
    this.#registry = registry;
  }

  /** Those that are followed. */
  get sessions(): Session[] {
    return [...this.#followed.keys()];
  }

  /** Runs `begin` for each session, now and later, and what it returns when the session goes. */
  follow(begin: (session: Session) => () => void): void {
    const look = () => {
      const there = new Set(this.#registry.all().values());
      for (const [session, end] of this.#followed) {
        if (there.has(session)) continue;
        this.#followed.delete(session);
        end();
      }
      for (const session of there)
        if (!this.#followed.has(session)) this.#followed.set(session, begin(session));
    };
    this.#unfollow = this.#registry.changed.on(look);
    look();
  }

  end(): void {
    this.#unfollow?.();
    const ends = [...this.#followed.values()];
    this.#followed.clear();
    for (const each of ends) each();
  }
}
