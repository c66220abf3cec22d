import type { FriendView } from '../../../sidebar/view.js';
import { called, lasting, sentenceOf, span, text, textIfAny } from '../texts.js';

/** Icon and second line of a friend. */
export function friendLine(friend: FriendView): { icon: string; tone: string; detail: string } {
  const { state, keepsMail, hasMet, keys } = friend;
  switch (state) {
    case 'plain':
      return { icon: 'circle', tone: 'ok', detail: text('friend.plain') };
    case 'asked':
      return { icon: 'clock-o', tone: '', detail: text('friend.asked') };
    case 'never-met':
      return { icon: 'question-circle-o', tone: '', detail: text('friend.neverMet') };
    case 'online':
    case 'connected': {
      if (!hasMet) return { icon: 'circle', tone: 'ok', detail: text('friend.connected') };
      const more = keysWords(friend) ?? (keepsMail ? text('friend.keepsMail') : undefined);
      return { icon: 'circle', tone: 'ok', detail: joined(text('friend.online'), more) };
    }
    case 'away': {
      const seen =
        friend.seen === undefined ? text('friend.away') : text('friend.seen', { span: span(friend.seen) });
      const more = mailWords(friend) ?? keysWords(friend);
      return {
        icon: 'circle-o',
        tone: '',
        detail: joined(seen, more ?? (keys.sendable === 0 ? text('friend.noKeys') : undefined)),
      };
    }
  }
}

/** "2 stored, 1 waits here". */
function mailWords({ queued, stored }: FriendView): string | undefined {
  const parts = [
    stored > 0 && text('friend.stored', { count: stored }),
    queued > 0 && text('friend.waits', { count: queued }),
  ];
  return parts.filter((part) => part !== false).join(', ') || undefined;
}

function keysWords(friend: FriendView): string | undefined {
  if (!friend.keys.areLow) return undefined;
  const { days, sendable } = friend.keys;
  return text('friend.keysLow', {
    left: days === undefined ? text('keys.count', { count: sendable }) : lasting(days),
  });
}

function joined(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' · ');
}

/** What would become of a message now. */
export function rightNow(friend: FriendView): string {
  const [finding] = friend.findings;
  if (finding === undefined) return text('now.offline');
  return textIfAny(`now.${finding.code}`, { friend: called(friend) }) ?? sentenceOf(finding);
}

/** "62 messages, enough for about 21 days". */
export function youCanSend({ keys, state }: FriendView): string {
  if (state === 'plain') return text('friend.plainKeys');
  const count = text('keys.messages', { count: keys.sendable });
  return keys.days === undefined || keys.sendable === 0
    ? count
    : text('keys.enough', { count, left: lasting(keys.days) });
}
