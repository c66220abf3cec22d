import { sameBytes, toHex } from '../bytes';
import type { MessageInput, Outcome } from '../client/messages';
import { MessageType } from '../constants';
import type { AsyncManager } from '../manager/async-manager';
import type { Timers } from '../platform/timers';
import type { OutcomeState } from '../types';
import { messageIdOf } from './message-id';
import type { Progress } from '../manager/session/session-control';
import type { ControlContent, ControlHooks, SendAnswer, SendRequest, SendUntil } from './requests';

/** States after which nothing else comes. */
const LAST: readonly OutcomeState[] = ['delivered', 'unconfirmed', 'expired', 'cancelled', 'failed'];
/** What is good enough for each wish. */
const ENOUGH: Readonly<Record<SendUntil, readonly OutcomeState[]>> = {
  queued: ['queued', 'overdue', 'stored'],
  stored: ['stored'],
  delivered: [],
};

/**
 * Accepts a message, and follows it until it is where it is wanted, has ended, or the time is over. Whoever stops
 * waiting stops nothing: it goes on its way.
 * @throws what sendAsyncMessage and resolveFriend throw
 */
export async function sendAndFollow(
  manager: Pick<AsyncManager, 'events' | 'resolveFriend' | 'sendAsyncMessage' | 'control'>,
  timers: Timers,
  request: SendRequest,
  { signal, onProgress }: ControlHooks,
): Promise<SendAnswer> {
  const { content, topic, replaces, urgent, lifetime, overdueAfter, until } = request;
  const friend = manager.resolveFriend(request.friend);
  const early: Outcome[] = [];
  let onOutcome = (outcome: Outcome): void => void early.push(outcome);
  const unfollow = manager.events.on('outcome', (outcome) => onOutcome(outcome));
  try {
    const type = 'action' in content ? MessageType.Action : undefined;
    const { messageId, reason, code } = await manager.sendAsyncMessage(friend, inputOf(content), type, {
      ...(request.messageId !== undefined && { messageId: messageIdOf(request.messageId) }),
      ...(topic !== undefined && { label: topic }),
      ...(replaces !== undefined && { replaces }),
      ...(urgent && { urgent }),
      ...(lifetime !== undefined && { lifetime }),
      ...(overdueAfter !== undefined && { overdueAfter }),
    });
    const ids = { messageId: toHex(messageId), friend: toHex(friend) };
    // One that was sent before with this id may be anywhere.
    const now = manager.control.progressOf(friend, messageId);
    const queued = { state: 'queued' as const, ...(reason && { reason }), ...(code && { code }) };
    let latest: SendAnswer = { ...ids, ...(now === undefined ? queued : progressOf(now)) };
    onProgress?.(latest);
    const isThere = ({ state }: Pick<SendAnswer, 'state'>) =>
      ENOUGH[until].includes(state) || LAST.includes(state);
    if (isThere(latest)) return latest;
    return await new Promise<SendAnswer>((resolve) => {
      const timer = timers.after(request.timeout * 1000, () => resolve({ ...latest, timedOut: true }));
      const finish = () => {
        timer.cancel();
        resolve(latest);
      };
      signal.addEventListener('abort', finish, { once: true });
      if (signal.aborted) finish();
      onOutcome = (outcome) => {
        if (!sameBytes(outcome.messageId, messageId) || !sameBytes(outcome.friend, friend)) return;
        latest = { ...ids, ...progressOf(outcome) };
        onProgress?.(latest);
        if (isThere(outcome)) finish();
      };
      for (const outcome of early) onOutcome(outcome);
    });
  } finally {
    unfollow();
  }
}

function inputOf(content: ControlContent): MessageInput {
  if ('text' in content) return content.text;
  return 'json' in content ? { json: content.json } : new Uint8Array(Buffer.from(content.base64, 'base64'));
}

function progressOf({
  state,
  reason,
  code,
  nodes,
  wanted,
}: Progress): Omit<SendAnswer, 'messageId' | 'friend'> {
  return { state, ...(reason && { reason }), ...(code && { code }), nodes, wanted };
}
