import { ToxAsyncError, type AsyncManager, type PublicKey } from '../../lib/index';
import { nodeError } from '../runtime/node-error';
import type { Reply } from '../runtime/handlers/input';
import { messageIdOf } from '../runtime/message-id';
import type { IncomingMessage } from '../runtime/runtime';
import { actionOf, isBlank } from '../runtime/settings/setting-values';
import type { Eventually } from '../runtime/typed/eventually';
import { findFriends, friendTexts, type GivenName } from '../session/friends/friend-names';
import type { SendSettings } from './send-settings';

/** A message that is not wanted any more. */
export interface CancelOrder {
  readonly cancel: Uint8Array;
  /** undefined: every friend that it was sent to. */
  readonly friends: readonly GivenName[] | undefined;
}

/**
 * Undefined when `msg` has no action, and is to be sent.
 * @throws ErrInvalidArgument, also for any other action: what is meant as an order must not go out as a message
 */
export function cancelOrderOf(
  settings: Pick<SendSettings, 'friend'>,
  msg: IncomingMessage,
): Eventually<CancelOrder> | undefined {
  if (actionOf(msg, ['cancel']) === undefined) return undefined;
  const cancel = messageIdOf(msg.messageId);
  return settings.friend.read(msg, (friend) => ({
    cancel,
    friends: isBlank(friend) ? undefined : friendTexts(friend),
  }));
}

/** @throws ErrMessageNotFound when no friend has it; what is wrong with single names is reported */
export async function cancelMessage(manager: AsyncManager, order: CancelOrder, reply: Reply): Promise<void> {
  let friends: readonly PublicKey[] = manager.friends().map(({ publicKey }) => publicKey);
  if (order.friends !== undefined) {
    const named = findFriends(manager, order.friends);
    for (const { error } of named.bad) reply.report(nodeError(error));
    friends = named.friends;
    if (friends.length === 0) return;
  }
  const ended = await Promise.all(friends.map((friend) => manager.cancel(friend, order.cancel)));
  if (ended.includes(true)) return;
  throw new ToxAsyncError(
    'ErrMessageNotFound',
    'No message with this id waits in the outbox. It may have ended: see the second output of the node that sent it.',
  );
}
