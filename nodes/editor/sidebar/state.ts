import type { OpenSessionView, SessionSummary, SessionView } from '../../sidebar/view.js';

/** What the sidebar shows. */
export interface State {
  readonly sessions: readonly SessionSummary[];
  /** The one that is chosen. */
  readonly view: SessionView | undefined;
  /** When it was last known, Unix milliseconds; undefined: not yet. */
  readonly knownAt: number | undefined;
  /** False while Node-RED does not answer. */
  readonly isLive: boolean;
  /** The user may not even look. */
  readonly isDenied: boolean;
}

export const NOTHING: State = {
  sessions: [],
  view: undefined,
  knownAt: undefined,
  isLive: true,
  isDenied: false,
};

/** A part of the sidebar. */
export interface Part {
  readonly element: HTMLElement;
  update(state: State): void;
}

/** A part that shows an open session. */
export interface SessionPart {
  readonly element: HTMLElement;
  update(open: OpenSessionView, view: SessionView): void;
}

/** What parts ask of the sidebar. */
export interface Actions {
  /** Gives an order to the chosen session; undefined when it failed, and the user has been told. */
  order(action: string, fields?: object): Promise<Record<string, unknown> | undefined>;
  choose(id: string): void;
  /** Opens the dialog of the chosen session. */
  edit(): void;
  readonly mayWrite: boolean;
}
