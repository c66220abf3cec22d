import { fromHex, ToxAsyncError, type AsyncManager } from '../../lib/index';
import { onClose } from '../runtime/handlers/close';
import {
  findFriends,
  friendTexts,
  isFriend,
  type GivenName,
  type NamedFriends,
} from '../session/friends/friend-names';
import { onInput, type Reply } from '../runtime/handlers/input';
import { PendingWork } from '../runtime/handlers/pending-work';
import {
  labelOf,
  type FlowNode,
  type IncomingMessage,
  type Message,
  type Runtime,
  type SessionConfig,
} from '../runtime/runtime';
import { SessionUser } from '../session/session-user';
import { settingFlag, settingText } from '../runtime/settings/settings';
import { actionOf, isBlank, settingOr } from '../runtime/settings/setting-values';
import { badges, type Badge } from '../runtime/status-badge';
import type { Words } from '../runtime/words';
import { exchangeWith, findingsOf } from './answers';
import { Bridge, isForBridge } from './bridge';
import { followKeyEvents } from './key-events';

export interface PrekeyExchangeConfig extends SessionConfig {
  /** The friend whose keys the node shows, tells of and asks for; blank for all. */
  readonly friend?: string;
  /** Whether the session's transport is at the other end of this node's first output and its input. */
  readonly bridge?: boolean | string;
}

/**
 * Shows how many keys are left, tells of key events, exchanges keys on request, and says what would stop a message.
 * As a bridge it carries the session's packets to and from a foreign transport as well.
 */
export function startPrekeyExchange(RED: Runtime, node: FlowNode, config: PrekeyExchangeConfig): void {
  const user = new SessionUser(RED, node, config.storageNode);
  const friend = settingText(config.friend, 'The friend');
  const tell = (event: Message) => node.send([null, event]);
  const bridge = settingFlag(config.bridge, 'The bridge setting')
    ? new Bridge({
        node: node.id,
        label: labelOf(RED, node),
        session: user.session,
        send: (msg) => node.send([msg, null]),
        tell,
        report: (error) => user.report(error),
      })
    : undefined;

  onInput(RED, node, new PendingWork(), {
    // What a transport sends is taken at once: a bridge awaits nothing before it has read all of it.
    read: (msg) => (isForBridge(msg) ? { packet: msg } : { order: orderOf(friend, msg) }),
    act: async (asked, reply) => {
      if (asked.order !== undefined) return act(RED, await user.manager(), asked.order, reply);
      if (bridge === undefined) throw noBridge();
      await bridge.take(asked.packet);
    },
  });

  const badge = (manager: AsyncManager) => bridge?.badge() ?? keyBadge(manager, friend);
  user.atStart(RED, badge, (session) => {
    bridge?.start(session);
    user.whenOpen((manager) => {
      const concerns = (about: Uint8Array) => friend === '' || isFriend(manager, friend, about);
      user.onRelease(followKeyEvents(manager, concerns, tell));
    });
  });
  onClose(node, async () => {
    user.release();
    await bridge?.close();
  });
}

interface Order {
  readonly action: 'exchange' | 'refresh' | 'status';
  /** Names, keys or Tox IDs; undefined for everyone. */
  readonly friends: readonly GivenName[] | undefined;
}

/** ErrInvalidArgument. */
function orderOf(friend: string, msg: IncomingMessage): Order {
  const action = actionOf(msg, ['exchange', 'refresh', 'status']);
  if (action === undefined) {
    throw new ToxAsyncError('ErrInvalidArgument', 'Set msg.action to "exchange", "refresh" or "status".');
  }
  const asked = settingOr(friend, msg.friend);
  return { action, friends: isBlank(asked) && action !== 'exchange' ? undefined : friendTexts(asked) };
}

/**
 * Exchanges keys when that is asked for, and answers with what stands now: the same msg with topic "status". A name
 * that is wrong stops none of the others.
 */
async function act(
  words: Words,
  manager: AsyncManager,
  { action, friends: asked }: Order,
  reply: Reply,
): Promise<void> {
  const { friends, bad }: NamedFriends =
    asked === undefined
      ? { friends: manager.friends().map(({ publicKey }) => publicKey), bad: [] }
      : findFriends(manager, asked);
  const [failure, ...others] = bad.map(({ error }) => error);
  if (failure === undefined || friends.length > 0) {
    const exchange = action === 'status' ? undefined : await exchangeWith(manager, friends);
    reply.answer(
      { topic: 'status', payload: findingsOf(words, manager, friends), ...(exchange && { exchange }) },
      1,
    );
  }
  for (const error of others) reply.report(error);
  if (failure !== undefined) throw failure;
}

function noBridge(): ToxAsyncError {
  return new ToxAsyncError(
    'ErrInvalidArgument',
    'A transport message arrived, but this node is not a bridge. Tick "Bridge" in its dialog.',
  );
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
