import { ToxAsyncError, type AsyncManager } from '../../lib/index';
import { guarded } from '../runtime/handlers/guard';
import { spoken } from '../runtime/failures/failure-words';
import { atFlowsStarted, type FlowNode, type Runtime } from '../runtime/runtime';
import type { Session } from './session';
import { textOf } from '../runtime/settings/setting-values';
import { setting } from '../runtime/settings/settings';
import { badges, StatusBadge, type Badge } from '../runtime/status-badge';
import type { Words } from '../runtime/words';

/** A storage-node as the nodes see it that use it. */
export interface SessionNode extends FlowNode {
  /** undefined when its settings are no good. */
  readonly session?: Session;
  /** The nodes that use it, by id: through them its errors reach Catch and its statuses reach Status. */
  readonly users: Record<string, FlowNode>;
}

/** A node's tie to the storage-node that its dialog names. */
export class SessionUser {
  readonly badge: StatusBadge;
  readonly #words: Words;
  readonly #node: FlowNode;
  readonly #storageNode: SessionNode | undefined;
  readonly #undo: (() => void)[] = [];
  #released = false;

  constructor(RED: Runtime, node: FlowNode, storageNodeId: string | undefined) {
    this.#words = RED;
    this.#node = node;
    this.badge = new StatusBadge(RED, node);
    setting(storageNodeId, 'The storage-node', textOf);
    const found: unknown = storageNodeId === undefined ? undefined : RED.nodes.getNode(storageNodeId);
    this.#storageNode = isSessionNode(found) ? found : undefined;
    if (this.#storageNode !== undefined) this.#storageNode.users[node.id] = node;
  }

  /** undefined when the dialog names no storage-node, or one that is gone. */
  get session(): Session | undefined {
    return this.#storageNode?.session;
  }

  /** The open session. Rejects with what keeps it from opening; ErrNotConfigured without a storage-node. */
  async manager(): Promise<AsyncManager> {
    if (this.session === undefined) throw noStorageNode();
    return this.session.manager();
  }

  /**
   * Begins at the first start of the flows: runs `begin` with the session, and keeps the status up to date, in which
   * trouble with the session comes before what `badgeOf` says of an open one.
   */
  atStart(
    RED: Runtime,
    badgeOf: (manager: AsyncManager) => Badge | undefined,
    begin: (session: Session) => void,
  ): void {
    const started = () => {
      if (this.session === undefined) {
        const error = noStorageNode();
        this.badge.show(badges.error(error));
        this.report(error);
        return;
      }
      begin(this.session);
      const { session } = this;
      const show = () => this.badge.show(sessionBadge(session, badgeOf));
      this.#undo.push(session.changed.on(show));
      show();
    };
    this.#undo.push(atFlowsStarted(RED, this.#node, started));
  }

  /** Calls `undo` when the node closes. */
  onRelease(undo: () => void): void {
    this.#undo.push(undo);
  }

  /** Runs `use` once the session is open, unless the node has closed by then; an error of it goes to Catch. */
  whenOpen(use: (manager: AsyncManager) => void | Promise<void>): void {
    const opened = this.session?.opened() ?? Promise.reject(noStorageNode());
    opened
      .then((manager) => (this.#released ? undefined : use(manager)))
      .catch((error: unknown) => {
        if (!this.#released) this.report(error);
      });
  }

  /** The node closes. */
  release(): void {
    this.#released = true;
    this.badge.end();
    for (const undo of this.#undo.splice(0)) undo();
    if (this.#storageNode !== undefined) Reflect.deleteProperty(this.#storageNode.users, this.#node.id);
  }

  /** Tells Catch of an error that no message caused. */
  report(error: unknown): void {
    guarded(() => this.#node.error(spoken(this.#words, error), {}));
  }
}

/** What a node's badge says of its session; `badgeOf` says it of an open one. */
export function sessionBadge(
  session: Session,
  badgeOf: (manager: AsyncManager) => Badge | undefined,
): Badge | undefined {
  if (session.trouble !== undefined) return badges.error(session.trouble);
  return session.open === undefined ? badges.connecting : badgeOf(session.open);
}

function isSessionNode(node: unknown): node is SessionNode {
  return typeof node === 'object' && node !== null && 'type' in node && node.type === 'storage-node';
}

function noStorageNode(): ToxAsyncError {
  return new ToxAsyncError(
    'ErrNotConfigured',
    "No usable session is chosen. Choose one in this node's dialog, or correct its settings.",
  );
}
