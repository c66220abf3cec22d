import { fromHex, ToxAsyncError, type AsyncManager } from '../../lib/index';
import { onClose } from '../shared/close';
import { friendsOf, isFriend } from '../shared/friends';
import { onInput } from '../shared/input';
import { PendingWork } from '../shared/pending-work';
import type { FlowNode, IncomingMessage, Runtime, Send, SessionConfig } from '../shared/runtime';
import { SessionUser } from '../shared/session-user';
import { actionOf, isBlank, settingOr, textOf } from '../shared/settings';
import { badges, type Badge } from '../shared/status-badge';
import { exchangeWith, findingsOf } from './answers';
import { followKeyEvents } from './key-events';

export interface PrekeyExchangeConfig extends SessionConfig {
  /** The friend whose keys the node shows, tells of and asks for; blank for all. */
  readonly friend?: string;
}

/** Shows how many keys are left, tells of key events, exchanges keys on request, and says what would stop a message. */
export function startPrekeyExchange(RED: Runtime, node: FlowNode, config: PrekeyExchangeConfig): void {
  const user = new SessionUser(RED, node, config.storageNode);
  const friend = textOf(config.friend, 'The friend');

  onInput(node, new PendingWork(), async (msg, send) => {
    await act(await user.manager(), settingOr(friend, msg.friend), msg, send);
  });

  const badge = (manager: AsyncManager) => keyBadge(manager, friend);
  user.atStart(RED, badge, () => {
    user.whenOpen((manager) => {
      const concerns = (about: Uint8Array) => friend === '' || isFriend(manager, friend, about);
      user.onRelease(followKeyEvents(manager, concerns, (event) => node.send(event)));
    });
  });
  onClose(node, () => user.release());
}

/** Exchanges keys when that is asked for, and answers with what stands now: the same msg with topic "status". */
async function act(manager: AsyncManager, asked: unknown, msg: IncomingMessage, send: Send): Promise<void> {
  const action = actionOf(msg, ['exchange', 'refresh', 'status']);
  if (action === undefined) {
    throw new ToxAsyncError('ErrInvalidArgument', 'Set msg.action to "exchange", "refresh" or "status".');
  }
  const everyone = isBlank(asked) && action !== 'exchange';
  const friends = everyone ? manager.friends().map(({ publicKey }) => publicKey) : friendsOf(manager, asked);
  if (action !== 'status') msg.exchange = await exchangeWith(manager, friends);
  msg.topic = 'status';
  msg.payload = findingsOf(manager, friends);
  send(msg);
}

/** The keys left for messages to the friend; without one, those of the friend who has the fewest. */
function keyBadge(manager: AsyncManager, friend: string): Badge | undefined {
  const keys: number[] = [];
  for (const [key, { sendable }] of manager.getPreKeyStats()) {
    if (friend === '' || isFriend(manager, friend, fromHex(key) ?? new Uint8Array())) keys.push(sendable);
  }
  if (keys.length > 0) return badges.keys(Math.min(...keys));
  return manager.transportAttached ? undefined : badges.noTransport;
}
