import type { SessionSummary, SessionView } from '../../sidebar/view.js';
import { span, text } from './texts.js';

type Head = Omit<SessionSummary, 'friends'>;

/** Icon, its tone, and the state in words. */
export interface StateWords {
  readonly icon: string;
  readonly tone: string;
  readonly words: string;
}

/** In a list: "online, 3 of 5 friends". */
export function stateInList(session: Head): StateWords {
  const { counts, state } = session;
  const words =
    state === 'online' && counts !== undefined && counts.friends > 0
      ? text('state.onlineFriends', { online: counts.online, friends: counts.friends })
      : text(`state.${state}`);
  return { ...markOf(session), words };
}

/** Of the session that is shown: "Online on Tox for 3 h". */
export function stateInFull({ open, ...session }: SessionView): StateWords {
  const words =
    session.state === 'online' && open?.since !== undefined
      ? text(`state.onlineFor.${open.network}`, { span: span(open.since) })
      : text(`state.${session.state}`);
  return { ...markOf(session), words };
}

function markOf({ state }: Head): Omit<StateWords, 'words'> {
  switch (state) {
    case 'online':
      return { icon: 'circle', tone: 'ok' };
    case 'error':
      return { icon: 'exclamation-circle', tone: 'bad' };
    case 'connecting':
    case 'opening':
      return { icon: 'spinner', tone: 'info' };
    default:
      return { icon: 'circle-o', tone: '' };
  }
}
