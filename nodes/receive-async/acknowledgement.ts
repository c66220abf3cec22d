import { readFriendKey, toHex, ToxAsyncError, type AsyncManager, type PublicKey } from '../../lib/index';
import { messageIdOf } from '../runtime/message-id';
import type { IncomingMessage } from '../runtime/runtime';
import { textOf } from '../runtime/settings/setting-values';
import type { InboxFanOut } from '../session/inbox-fan-out';
import type { Session } from '../session/session';

/** Which message a flow has finished with. An id names one only together with its friend and its session. */
export interface Acknowledgement {
  readonly messageId: Uint8Array;
  /** A name, a key or a Tox ID; '' when the flow does not say. */
  readonly friend: string;
  /** Name of the session that has the message; '' where there is only one, or the flow does not say. */
  readonly session: string;
}

/** ErrInvalidArgument. */
export function acknowledgementOf(msg: IncomingMessage): Acknowledgement {
  return {
    messageId: messageIdOf(msg.messageId),
    friend: textOf(msg.friend, 'msg.friend'),
    session: textOf(msg.session, 'msg.session'),
  };
}

/**
 * Ends the message for this node. One that is not there any more is no error: acknowledging twice is fine.
 * @throws ErrInvalidArgument several messages have the id; ErrUnknownFriend and what else is wrong with the friend
 */
export async function acknowledge(
  { messageId, friend, session }: Acknowledgement,
  node: string,
  sessions: readonly Session[],
): Promise<void> {
  const meant = sessions.filter(({ settings }) => session === '' || session === settings.name);
  const results = await Promise.allSettled(meant.map((each) => find(each, friend, messageId)));
  const found = results.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
  if (found.length > 1) throw new ToxAsyncError('ErrInvalidArgument', SEVERAL);
  // A friend of one session need not be one of the others.
  const failures = results.filter((each) => each.status === 'rejected');
  if (failures.length === meant.length && failures[0] !== undefined) throw failures[0].reason;
  await Promise.all(found.map(({ inbox, sender }) => inbox.acknowledge(node, sender, messageId)));
}

/** The messages of a session that are meant. */
async function find(
  session: Session,
  friend: string,
  messageId: Uint8Array,
): Promise<{ inbox: InboxFanOut; sender: PublicKey }[]> {
  const manager = await session.manager();
  const named = friend === '' ? undefined : toHex(friendNamed(manager, friend));
  return manager
    .sendersOf(messageId)
    .filter((sender) => named === undefined || named === toHex(sender))
    .map((sender) => ({ inbox: session.inbox, sender }));
}

const SEVERAL =
  'Several messages have this id. Set msg.friend, and at a node for all sessions msg.session, as they came with the message.';

/** A key need not be a friend's any more: what a former friend sent may still be there. */
function friendNamed(manager: AsyncManager, text: string): PublicKey {
  return readFriendKey(text) ?? manager.resolveFriend(text);
}
