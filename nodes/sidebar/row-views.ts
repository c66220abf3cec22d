import {
  toHex,
  ToxAsyncError,
  type InboxRow,
  type NodeSnapshot,
  type OutboxRow,
  type PublicKey,
  type SessionSnapshot,
} from '../../lib/index';
import { takeApart } from '../runtime/failures/take-apart';
import type { FaultView, InboxView, KeptView, NodeView, OutboxView } from './view';

/** '' for a friend without a name. */
type NameOf = (publicKey: PublicKey) => string;

export function outboxView(row: OutboxRow, nameOf: NameOf): OutboxView {
  const { messageId, friend, nodes, ...rest } = row;
  return {
    ...rest,
    messageId: toHex(messageId),
    friend: toHex(friend),
    friendName: nameOf(friend),
    nodes: nodes.map((node) => nameOf(node) || toHex(node).slice(0, 8)),
  };
}

/** One row for all messages of a sender that wait for the same, in the order in which the first of each arrived. */
export function inboxViews(rows: readonly InboxRow[], nameOf: NameOf): InboxView[] {
  const groups = new Map<string, InboxView>();
  for (const { friend, state, receivedAt } of rows) {
    const key = `${toHex(friend)} ${state}`;
    const group = groups.get(key);
    groups.set(key, {
      friend: toHex(friend),
      friendName: nameOf(friend),
      state,
      count: (group?.count ?? 0) + 1,
      age: Math.max(group?.age ?? 0, secondsSince(receivedAt)),
    });
  }
  return [...groups.values()];
}

/** @param wall Unix milliseconds by the clock of this machine */
export function secondsSince(wall: number): number {
  return Math.max(0, Math.round((Date.now() - wall) / 1000));
}

export function nodeView({ publicKey, name = '', ...rest }: NodeSnapshot): NodeView {
  return { ...rest, publicKey: toHex(publicKey), name };
}

export function keptView({ trouble, ...kept }: SessionSnapshot['kept']): KeptView {
  return { ...kept, ...(trouble !== undefined && { trouble: faultView(trouble) }) };
}

/** @param fault an error, or a sentence that has no code */
export function faultView(fault: Error | string): FaultView {
  const text = typeof fault === 'string' ? fault : fault.message;
  const said = takeApart(text, ToxAsyncError.is(fault) ? fault.code : undefined);
  return { text, ...(said && { said }) };
}
