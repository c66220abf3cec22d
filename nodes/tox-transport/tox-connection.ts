import {
  friendsSeenOn,
  loadBootstrapNodes,
  parseToxId,
  pastedDigits,
  RequestLimit,
  systemPlatform,
  TOX_ID_DIGITS,
  toHex,
  ToxAsyncError,
  type AsyncManager,
  type FriendTransport,
  type FriendTransportEvents,
  type ToxcoreTransportOptions,
} from '../../lib/index';
import { admissionOf } from '../session/friends/admission';
import { askCell } from '../session/friends/cell';
import { textsIn } from '../runtime/settings/preference-texts';
import { nodeError } from '../runtime/node-error';
import type { Session } from '../session/session';
import { GREETING } from './order';
import { SessionConnection } from './session-connection';
import type { ToxSettings } from './tox-transport-settings';

export type MakeTransport = (options: ToxcoreTransportOptions) => FriendTransport;

/** Preference of the session: the Tox IDs in the dialog's list that were sent a friend request. */
const ASKED = 'friends-asked';

/**
 * Gives the session the real Tox network.
 * @throws ErrMissingLibrary, ErrPortInUse, ErrProxy, ErrTransport, ErrInvalidArgument (the list of bootstrap nodes)
 */
export async function openToxConnection(
  manager: AsyncManager,
  session: Session,
  settings: ToxSettings,
  make: MakeTransport,
): Promise<SessionConnection> {
  const bootstrap = await loadBootstrapNodes(systemPlatform.disk, settings.bootstrapFile);
  const tox = make({
    settings: { ...settings.toxcore, bootstrap },
    ...manager.profile,
    log: session.lastingLog,
  });
  const undo: (() => void)[] = [];
  const connection = new SessionConnection({
    manager,
    transport: tox,
    preference: 'tox-online',
    atStart: settings.atStart,
    tox,
    leave: () => {
      for (const each of undo) each();
    },
  });
  undo.push(...follow(manager, session, tox, connection));
  await connection.open();
  return connection;
}

/** Answers what the network asks of the session, and tells of its troubles. Returns what ends that. */
function follow(
  manager: AsyncManager,
  session: Session,
  tox: FriendTransport,
  { events }: SessionConnection,
): (() => void)[] {
  const admission = admissionOf(manager, session.settings, friendsSeenOn(manager, tox), session.log);
  const trouble = (error: unknown) => events.tell({ what: 'trouble', error: nodeError(error) });
  const requests = new RequestLimit(systemPlatform);
  let down = false;
  // One after the other, however quickly the network comes and goes: each request is sent once.
  let asking = Promise.resolve();
  const onRequest = async ({ publicKey, message }: FriendTransportEvents['friend-request']) => {
    const verdict = await admission.onRequest(publicKey, message);
    if (verdict !== 'accepted') session.requests.add({ publicKey, text: message, at: manager.age });
    const leftOut = verdict === 'accepted' ? undefined : requests.take();
    if (leftOut !== undefined) events.tell({ what: 'request', friend: publicKey, text: message, leftOut });
  };
  return [
    tox.events.on('friend-request', (request) => void onRequest(request).catch(trouble)),
    tox.events.on('restarting', ({ reason, waitMs }) => {
      // Once for each time it goes down, however often it is started in vain.
      if (!down) trouble(restarting(reason, waitMs));
      down = true;
    }),
    tox.events.on('running', () => {
      down = false;
      asking = asking
        .then(() => askListed(manager, session, tox))
        .then(() => askCell(manager, session.settings))
        .catch(trouble);
    }),
  ];
}

/** Sends a friend request to each Tox ID in the dialog's list, once: with a public key alone there is no request. */
async function askListed(manager: AsyncManager, { settings }: Session, tox: FriendTransport): Promise<void> {
  const before = textsIn(manager.preference(ASKED));
  const friends = new Set(manager.friends().map(({ publicKey }) => toHex(publicKey)));
  const asked: string[] = [];
  for (const entry of settings.friends) {
    const key = pastedDigits(entry.key).toUpperCase();
    // The session has said by now if something is wrong with an entry.
    if (key.length !== TOX_ID_DIGITS || !friends.has(key.slice(0, 64).toLowerCase())) continue;
    if (!before.includes(key)) await ask(tox, key);
    asked.push(key);
  }
  if (asked.join() !== before.join()) await manager.savePreference(ASKED, asked);
}

async function ask(tox: FriendTransport, toxId: string): Promise<void> {
  const { publicKey } = parseToxId(toxId);
  const known = tox.details().find((friend) => toHex(friend.publicKey) === toHex(publicKey));
  if (known?.lastOnline !== undefined) return;
  // Who is in the profile already is not asked, as long as it is there.
  await tox.removeFriend(publicKey);
  await tox.addFriend(toxId, GREETING);
}

function restarting(reason: string, waitMs: number): ToxAsyncError {
  return new ToxAsyncError(
    'ErrTransport',
    `The libtoxcore process ended (${reason}). It restarts in ${waitMs / 1000} s, and again until it runs.`,
  );
}
