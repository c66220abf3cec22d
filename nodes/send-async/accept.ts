import type { AsyncManager, PublicKey } from '../../lib/index';
import { nodeError } from '../runtime/node-error';
import type { Reply } from '../runtime/handlers/input';
import type { PendingWork } from '../runtime/handlers/pending-work';
import { findFriends } from '../session/friends/friend-names';
import type { Session } from '../session/session';
import type { Order } from './order';
import { receiptFields, type FlowReceipt } from './receipt';

/**
 * Puts the message into the outbox, once for each friend, and answers with the receipts. What is wrong with one friend
 * stops none of the others; a name that may still get an owner waits apart, and has an answer of its own.
 * @param pending counts what is under way until its receipt has gone out
 * @throws the last of the failures; the others are reported
 */
export async function accept(
  session: Session,
  manager: AsyncManager,
  order: Order,
  reply: Reply,
  pending: PendingWork,
): Promise<void> {
  const { friends, bad } = findFriends(manager, order.friends);
  const errors: Error[] = [];
  const waiting: { readonly name: string; readonly reply: Reply }[] = [];
  for (const { name, error } of bad) {
    if (name !== undefined && session.firstMinute.mayStillCome(name, error)) {
      waiting.push({ name, reply: reply.another() });
    } else {
      errors.push(error);
    }
  }

  errors.push(...(await pending.add(deposit(manager, friends, order, reply))));
  const late = waiting.map(async ({ name, reply: own }) => {
    const friend = await session.firstMinute.friend(manager, name);
    return pending.add(deposit(manager, [friend], order, own));
  });
  for (const error of late.length > 0 ? errors.splice(0) : []) reply.report(error);
  for (const each of await Promise.allSettled(late)) {
    errors.push(...(each.status === 'fulfilled' ? each.value : [nodeError(each.reason)]));
  }
  const last = errors.pop();
  for (const error of errors) reply.report(error);
  if (last !== undefined) throw last;
}

/** Answers with the receipts, if there are any, and returns what went wrong. */
async function deposit(
  manager: AsyncManager,
  friends: readonly PublicKey[],
  order: Order,
  reply: Reply,
): Promise<Error[]> {
  const { content, type, options, isList } = order;
  const receipts: FlowReceipt[] = [];
  const errors: Error[] = [];
  const sent = friends.map((friend) => manager.sendAsyncMessage(friend, content, type, options));
  for (const each of await Promise.allSettled(sent)) {
    if (each.status === 'fulfilled') receipts.push(receiptFields(manager, each.value, order));
    else errors.push(nodeError(each.reason));
  }
  if (receipts.length > 0) reply.answer({ receipt: isList ? receipts : receipts[0] });
  return errors;
}
