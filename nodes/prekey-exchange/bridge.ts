import {
  RequestLimit,
  systemPlatform,
  toHex,
  ToxAsyncError,
  WiredTransport,
  type AsyncManager,
  type PublicKey,
  type ToForeign,
} from '../../lib/index';
import { admissionOf } from '../session/friends/admission';
import type { Attachment } from '../session/network/connection';
import { publicKeyOf } from '../session/friends/friend-list';
import { requestFields } from '../session/friends/request-fields';
import { errorCode, nodeError } from '../runtime/node-error';
import { untilDone } from '../runtime/handlers/retry';
import type { Message } from '../runtime/runtime';
import type { Session } from '../session/session';
import { isBlank, textOf } from '../runtime/settings/setting-values';
import { badges, type Badge } from '../runtime/status-badge';

type Incoming = Message & Record<string, unknown>;

export interface BridgeParts {
  readonly node: string;
  /** What users call it. */
  readonly label: string;
  /** undefined when no storage-node is chosen. */
  readonly session: Session | undefined;
  /** To the foreign transport. */
  readonly send: (msg: Message) => void;
  /** To the flow: somebody asks to be a friend. */
  readonly tell: (msg: Message) => void;
  /** Trouble that no message caused. */
  readonly report: (error: Error) => void;
}

/** The session's transport at the other end of this node's wires: a bot framework's node, a TCP bridge, a flow. */
export class Bridge {
  readonly #o: BridgeParts;
  readonly #ending = new AbortController();
  /** Friends that the foreign transport was asked to add; once each, so that the two never argue. */
  readonly #asked = new Set<string>();
  #wired: { readonly manager: AsyncManager; readonly transport: WiredTransport } | undefined;
  #failure: Error | undefined;

  constructor(parts: BridgeParts) {
    this.#o = parts;
    parts.session?.transport.enter(parts.node, parts.label);
  }

  /** Takes the session's place for a transport, and tries until it is free. */
  start(session: Session): void {
    const attempt = async () => {
      const manager = await session.opened();
      await session.transport.occupy(this.#o.node, () => this.#open(manager, session));
    };
    void untilDone(attempt, {
      platform: systemPlatform,
      signal: this.#ending.signal,
      onFailure: (error) => {
        const known = this.#failure !== undefined && errorCode(this.#failure) === errorCode(error);
        this.#failure = error;
        session.changed.emit();
        if (!known) this.#o.report(error);
      },
    });
  }

  /**
   * A message that came over the wire.
   * @throws what WiredTransport.take throws; ErrNotConnected, or what keeps us from starting, before the start
   */
  async take(msg: Incoming): Promise<void> {
    if (this.#wired === undefined) {
      // The question that this state would answer follows when the bridge starts.
      if (msg.topic === 'tox/state' && this.#failure === undefined) return;
      throw this.#failure ?? notReady();
    }
    const { manager, transport } = this.#wired;
    if (msg.topic === 'tox/add-friend') {
      const key = textOf(msg.friend, 'msg.friend');
      if (key === '') throw new ToxAsyncError('ErrInvalidArgument', 'tox/add-friend: set msg.friend.');
      await this.#befriend(publicKeyOf(key), textOf(msg.name, 'msg.name'), toxIdIn(key));
      return;
    }
    try {
      transport.take(msg);
      if (transport.isSynced) this.#failure = undefined;
    } catch (error) {
      if (ToxAsyncError.is(error, 'ErrIdentityMismatch')) this.#failure = error;
      throw error;
    } finally {
      this.#o.session?.changed.emit();
    }
    if (msg.topic === 'tox/state') this.#askForListed(manager);
  }

  /** undefined: nothing to say, the transport is there and online. */
  badge(): Badge | undefined {
    if (this.#failure !== undefined) return badges.error(this.#failure);
    if (this.#wired?.transport.isSynced !== true) return badges.noTransport;
    return this.#wired.transport.isOnline() ? undefined : badges.connecting;
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#o.session?.transport.leave(this.#o.node, true);
  }

  async #open(manager: AsyncManager, session: Session): Promise<Attachment> {
    const { timers, random } = systemPlatform;
    const friends = {
      accept: (friend: PublicKey) => this.#befriend(friend, ''),
      // There is no word for removing a friend: nobody makes room.
      seen: () => manager.friends().map((friend) => ({ ...friend, online: true, lastOnline: undefined })),
    };
    const admission = admissionOf(manager, session.settings, friends, session.log);
    const requests = new RequestLimit(systemPlatform);
    const onRequest = async (friend: PublicKey, text: string) => {
      if ((await admission.onRequest(friend, text)) === 'accepted') return;
      const leftOut = requests.take();
      if (leftOut !== undefined) this.#o.tell(requestFields({ friend, text, leftOut }));
    };
    const transport = new WiredTransport({
      self: manager.publicKey,
      timers,
      random,
      send: (message) => this.#o.send(asFlowMessage(message)),
      onRequest: (friend, text) =>
        void onRequest(friend, text).catch((error: unknown) => this.#o.report(nodeError(error))),
    });
    await manager.attachTransport(transport);
    this.#wired = { manager, transport };
    this.#failure = undefined;
    session.changed.emit();
    return {
      close: async () => {
        this.#wired = undefined;
        await manager.detachTransport();
      },
    };
  }

  async #befriend(friend: PublicKey, name: string, toxId?: string): Promise<void> {
    await this.#wired?.manager.addFriend(friend, name === '' ? undefined : name);
    this.#wired?.transport.addFriend(friend, toxId);
  }

  /** Everyone in the dialog's list is to be a friend on the network, too. */
  #askForListed(manager: AsyncManager): void {
    for (const { publicKey } of manager.friends()) {
      const id = toHex(publicKey);
      const entry = this.#o.session?.settings.friends.find(({ key }) => key.toLowerCase().startsWith(id));
      if (entry === undefined || this.#asked.has(id)) continue;
      if (this.#wired?.transport.addFriend(publicKey, toxIdIn(entry.key)) === true) this.#asked.add(id);
    }
  }
}

/** Whether a message is for the bridge. */
export function isForBridge({ topic, action }: Incoming): boolean {
  return isBlank(action) && typeof topic === 'string' && topic.startsWith('tox/');
}

/** A friend's entry when it is more than a public key. */
function toxIdIn(key: string): string | undefined {
  return key.length === 76 ? key : undefined;
}

function asFlowMessage(message: ToForeign): Message {
  if (message.topic !== 'tox/packet') return { ...message };
  const { buffer, byteOffset, length } = message.payload;
  return { ...message, payload: Buffer.from(buffer, byteOffset, length) };
}

function notReady(): ToxAsyncError {
  return new ToxAsyncError(
    'ErrNotConnected',
    'The bridge has not started yet. Send nothing until it asks with tox/sync.',
  );
}
