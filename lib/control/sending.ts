import { sameBytes, toHex } from '../bytes';
import type { Outcome } from '../client/messages';
import type { AsyncManager } from '../manager/async-manager';
import type { Timers } from '../platform/timers';
import type { OutcomeState } from '../types';
import type { ControlHooks, SendAnswer, SendRequest, SendUntil } from './requests';

/** States after which nothing else comes. */
const LAST: readonly OutcomeState[] = ['delivered', 'unconfirmed', 'expired', 'cancelled', 'failed'];
/** What is good enough for each wish. */
const ENOUGH: Readonly<Record<SendUntil, readonly OutcomeState[]>> = {
  queued: ['queued'],
  stored: ['stored'],
  delivered: [],
};

/**
 * Accepts a message, and follows it until it is where it is wanted, has ended, or the time is over. Whoever stops
 * waiting stops nothing: it goes on its way.
 * @throws what sendAsyncMessage and resolveFriend throw
 */
export async function sendAndFollow(
  manager: Pick<AsyncManager, 'events' | 'resolveFriend' | 'sendAsyncMessage'>,
  timers: Timers,
  request: SendRequest,
  { signal, onProgress }: ControlHooks,
): Promise<SendAnswer> {
  const { content, topic, replaces, lifetime, until } = request;
  const friend = manager.resolveFriend(request.friend);
  const early: Outcome[] = [];
  let onOutcome = (outcome: Outcome): void => void early.push(outcome);
  const unfollow = manager.events.on('outcome', (outcome) => onOutcome(outcome));
  try {
    const input = 'text' in content ? content.text : new Uint8Array(Buffer.from(content.base64, 'base64'));
    const receipt = await manager.sendAsyncMessage(friend, input, undefined, {
      ...(topic !== undefined && { label: topic }),
      ...(replaces !== undefined && { replaces }),
      ...(lifetime !== undefined && { lifetime }),
    });
    const { messageId, reason, code } = receipt;
    const ids = { messageId: toHex(messageId), friend: toHex(friend) };
    let latest: SendAnswer = { ...ids, state: 'queued', ...(reason && { reason }), ...(code && { code }) };
    onProgress?.(latest);
    if (until === 'queued') return latest;
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
        if (ENOUGH[until].includes(outcome.state) || LAST.includes(outcome.state)) finish();
      };
      for (const outcome of early) onOutcome(outcome);
    });
  } finally {
    unfollow();
  }
}

function progressOf({
  state,
  reason,
  code,
  nodes,
  wanted,
}: Outcome): Omit<SendAnswer, 'messageId' | 'friend'> {
  return { state, ...(reason && { reason }), ...(code && { code }), nodes, wanted };
}
