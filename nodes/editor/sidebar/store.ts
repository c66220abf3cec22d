import { getSession, getSessions, RequestError } from './api.js';
import { NOTHING, type State } from './state.js';

const CHOSEN = 'tox-async-session';
/** Times and what no event tells of are brought up to date this often while somebody looks, milliseconds. */
const REFRESH = 10_000;
/** After a request without an answer, milliseconds. */
const RETRY = 5_000;

/** Keeps the state of the sidebar: fetched when something changed and somebody looks. */
export class Store {
  readonly #onChange: (state: State) => void;
  readonly #isSeen: () => boolean;
  #state = NOTHING;
  #isFetching = false;
  #isStale = true;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param isSeen whether the sidebar is in view */
  constructor(onChange: (state: State) => void, isSeen: () => boolean) {
    this.#onChange = onChange;
    this.#isSeen = isSeen;
  }

  /** Id of the session that is shown. */
  get chosen(): string | undefined {
    return this.#state.view?.id;
  }

  choose(id: string): void {
    localStorage.setItem(CHOSEN, id);
    this.refresh();
  }

  /** Something changed. */
  refresh(): void {
    this.#isStale = true;
    this.look();
  }

  /** Somebody may be looking now. */
  look(): void {
    if (!this.#isStale || this.#isFetching || !this.#isSeen()) return;
    this.#isFetching = true;
    this.#isStale = false;
    void this.#fetch().finally(() => {
      this.#isFetching = false;
      this.look();
    });
  }

  async #fetch(): Promise<void> {
    clearTimeout(this.#timer);
    let wait = REFRESH;
    try {
      const sessions = await getSessions();
      const wanted = localStorage.getItem(CHOSEN);
      const id = (sessions.find((each) => each.id === wanted) ?? sessions[0])?.id;
      const view = id === undefined ? undefined : await getSession(id);
      this.#set({ sessions, view, knownAt: Date.now(), isLive: true, isDenied: false });
    } catch (error) {
      const status = error instanceof RequestError ? error.status : 0;
      const isDenied = status === 401 || status === 403;
      // A session that ended between the two requests is no trouble.
      this.#set({ ...this.#state, isLive: isDenied || status === 404, isDenied });
      wait = RETRY;
    }
    this.#timer = setTimeout(() => this.refresh(), wait);
  }

  #set(state: State): void {
    this.#state = state;
    this.#onChange(state);
  }
}
