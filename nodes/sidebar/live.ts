import type { Timer, Timers } from '../../lib/index';
import { guarded } from '../runtime/handlers/guard';
import type { SignalList } from '../runtime/handlers/signal-list';

/** Topic of the editor's comms. */
export const LIVE_TOPIC = 'tox-async/changed';
/** Shortest time between two messages to the editors, milliseconds. */
const INTERVAL = 500;

/** What tells of its changes. */
interface Changing {
  readonly changed: Pick<SignalList, 'on'>;
}

/** Sessions by the id of their config node. */
export interface LiveSessions extends Changing {
  all(): ReadonlyMap<string, Changing>;
}

export interface LiveComponents {
  readonly timers: Timers;
  readonly sessions: LiveSessions;
  /** To every editor that is open, whoever uses it. */
  readonly publish: (topic: string, data: { readonly ids: readonly string[] }) => void;
}

/**
 * Tells the editors which sessions changed, at most twice a second and only then. It says no more than their ids: editors
 * fetch the rest by a route, which asks for a permission.
 */
export class Live {
  readonly #components: LiveComponents;
  readonly #followed = new Map<string, { readonly session: Changing; readonly end: () => void }>();
  readonly #changed = new Set<string>();
  #pause: Timer | undefined;

  constructor(components: LiveComponents) {
    this.#components = components;
    components.sessions.changed.on(() => this.#follow());
    this.#follow();
  }

  /** Listens to the sessions that are there now; one that came, went or was replaced has changed. */
  #follow(): void {
    const sessions = this.#components.sessions.all();
    for (const [id, { session, end }] of this.#followed) {
      if (sessions.get(id) === session) continue;
      end();
      this.#followed.delete(id);
      this.#note(id);
    }
    for (const [id, session] of sessions) {
      if (this.#followed.has(id)) continue;
      this.#followed.set(id, { session, end: session.changed.on(() => this.#note(id)) });
      this.#note(id);
    }
  }

  #note(id: string): void {
    this.#changed.add(id);
    if (this.#pause === undefined) this.#tell();
  }

  #tell(): void {
    if (this.#changed.size === 0) return;
    const ids = [...this.#changed];
    this.#changed.clear();
    this.#pause = this.#components.timers.after(INTERVAL, () => {
      this.#pause = undefined;
      this.#tell();
    });
    guarded(() => this.#components.publish(LIVE_TOPIC, { ids }));
  }
}
