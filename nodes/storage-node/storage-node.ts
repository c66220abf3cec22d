import type { AsyncManager, Logger } from '../../lib/index';
import { onClose } from '../runtime/handlers/close';
import { guarded } from '../runtime/handlers/guard';
import { spoken } from '../runtime/failures/failure-words';
import { errorCode } from '../runtime/node-error';
import { fleetDefaults } from '../runtime/settings/fleet-defaults';
import { atFlowsStarted, type FlowNode, type Runtime } from '../runtime/runtime';
import type { Session } from '../session/session';
import { sessions } from '../session/session-registry';
import { sessionBadge } from '../session/session-user';
import { badges, StatusBadge, type Badge } from '../runtime/status-badge';
import { reportOnce } from './report-once';
import { sessionSettings, type StorageNodeConfig, type StorageNodeSecrets } from './storage-node-settings';

/** The node as it is while it is being set up; afterwards it is a SessionNode. */
export interface StorageNode extends FlowNode {
  users?: Record<string, FlowNode>;
  session?: Session;
}

/** Gives the node its session, and tells Catch and Status how that is doing. */
export function startStorageNode(RED: Runtime, node: StorageNode, config: StorageNodeConfig): void {
  node.users = {};
  // Undefined when the dialog never had any.
  const secrets = (node.credentials as StorageNodeSecrets | undefined) ?? {};
  const settings = sessionSettings(config, secrets, RED.settings.userDir, fleetDefaults(RED.settings));
  const session = sessions.acquire(node.id, settings, logOf(node));
  node.session = session;

  const badge = new StatusBadge(RED, { status: (shown) => reportOnce(node, () => node.status(shown)) });
  let told: string | undefined;
  const tell = () => {
    badge.show(sessionBadge(session, (manager) => openBadge(manager, session)));
    const { trouble } = session;
    const code = trouble && errorCode(trouble);
    if (code !== told && trouble !== undefined) tellOnce(RED, node, trouble);
    told = code;
  };
  const undo: (() => void)[] = [];
  const cancel = atFlowsStarted(RED, node, () => {
    undo.push(session.changed.on(tell));
    tell();
    session.start().catch((error: unknown) => tellOnce(RED, node, error));
    session
      .opened()
      .then((manager) => greet(RED, node, session, manager))
      .catch(() => undefined);
    // By then every node that came back from the redeploy has registered.
    setImmediate(() => session.inbox.prune());
  });
  const close = async (removed: boolean) => {
    cancel();
    badge.end();
    for (const each of undo) each();
    await sessions.release(node.id, removed);
  };
  onClose(node, close, { underWay: () => session.closingStep });
}

/** Preference of the session: the Tox ID that the log had last. */
const LOGGED = 'tox-id-logged';

/** Says what the session is, its Tox ID when that is new, and which of its friends could not be added. */
async function greet(
  RED: Runtime,
  node: StorageNode,
  session: Session,
  manager: AsyncManager,
): Promise<void> {
  const { toxId, engineName, providerName } = manager;
  node.log(`Engine ${engineName}, cryptography ${providerName}`);
  if (manager.preference(LOGGED) !== toxId) {
    node.log(`New Tox ID ${toxId}`);
    await manager.savePreference(LOGGED, toxId);
  }
  for (const error of session.badFriends) tellOnce(RED, node, error);
}

function tellOnce(RED: Runtime, node: StorageNode, error: unknown): void {
  guarded(() => reportOnce(node, () => node.error(spoken(RED, error), {})));
}

function openBadge(manager: AsyncManager, { transport }: Session): Badge {
  const { queued, stored, unfinished, waiting, online, friends } = manager.counts();
  if (waiting > 0) return badges.waiting(waiting);
  if (unfinished > 0) return badges.unfinished(queued, stored);
  if (!manager.transportAttached) return badges.noTransport;
  if (transport.connection?.wanted === false) return badges.offline;
  return manager.isOnline() ? badges.online(online, friends) : badges.connecting;
}

/** A log of the user's own may fail. */
function logOf(node: FlowNode): Logger {
  return {
    debug: (text) => guarded(() => node.debug(text)),
    info: (text) => guarded(() => node.log(text)),
    warn: (text) => guarded(() => node.warn(text)),
    error: (text) => guarded(() => node.error(text)),
  };
}
