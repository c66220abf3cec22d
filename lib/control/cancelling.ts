import { toHex } from '../bytes';
import { ToxAsyncError } from '../errors';
import type { AsyncManager } from '../manager/async-manager';
import { messageIdOf } from './message-id';
import type { CancelAnswer, ControlRequest } from './requests';

/**
 * Ends a message that is in the outbox, at the friend who is named or at every friend that has it.
 * @throws ErrMessageNotFound, ErrInvalidArgument, and what resolveFriend and cancel throw
 */
export async function cancelMessage(
  manager: Pick<AsyncManager, 'friends' | 'resolveFriend' | 'cancel' | 'control'>,
  { messageId, friend }: Extract<ControlRequest, { ask: 'cancel' }>,
): Promise<CancelAnswer> {
  const id = messageIdOf(messageId);
  const everybody = manager.friends().map(({ publicKey }) => publicKey);
  const asked = friend === undefined ? everybody : [manager.resolveFriend(friend)];
  const ended = await Promise.all(asked.map((each) => manager.cancel(each, id)));
  const friends = asked.filter((_, i) => ended[i]);
  if (friends.length === 0) {
    throw new ToxAsyncError(
      'ErrMessageNotFound',
      'No message with this id waits in the outbox. It may have been delivered, or have ended.',
    );
  }
  return {
    messageId: toHex(id),
    friends: friends.map(toHex),
    mayArrive: friends.some((each) => manager.control.progressOf(each, id)?.mayArrive === true),
  };
}
