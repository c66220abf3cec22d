import { toBase64, toHex } from '../bytes';
import { ToxAsyncError } from '../errors';
import type { AsyncManager } from '../manager/async-manager';
import type { Timers } from '../platform/timers';
import { cancelMessage } from './cancelling';
import { changeFriends, friendAnswers, type FriendManager } from './friend-orders';
import { hexed } from './hexed';
import { Receiving } from './receiving';
import type { Control, ControlAnswers, ControlHooks, ControlRequest, IncomingRequest } from './requests';
import { sendAndFollow } from './sending';
import { Visitor } from './visitor';

/** What a Desk uses of a session. */
export type DeskManager = FriendManager &
  Pick<
    AsyncManager,
    | 'publicKey'
    | 'toxId'
    | 'snapshot'
    | 'history'
    | 'diagnose'
    | 'events'
    | 'sendAsyncMessage'
    | 'cancel'
    | 'exportIdentity'
    | 'setMessageHandler'
    | 'acknowledge'
    | 'retrieve'
    | 'nameOf'
  >;

/** What a Desk is told of the program that runs the session. */
export interface DeskOptions {
  readonly timers: Timers;
  /** Requests to be a friend that nobody decided on; none where that is absent. */
  readonly requests?: () => readonly IncomingRequest[];
  /** Nothing else takes the session's messages, so that an asker may. Default false. */
  readonly givesMessages?: boolean;
}

/**
 * Answers requests about a session: those of this process, and with `open` those of other processes of the same user
 * that connect to the lock of its data directory (`findHolder`).
 */
export class Desk implements Control {
  readonly #manager: DeskManager;
  readonly #options: DeskOptions;
  #isReceiving = false;

  constructor(manager: DeskManager, options: DeskOptions) {
    this.#manager = manager;
    this.#options = options;
  }

  /** From now on other processes are answered, for as long as the session is open. */
  open(): this {
    this.#manager.control.onVisit((visitor) => {
      new Visitor(visitor, this, this.#options.timers);
    });
    return this;
  }

  /** @throws what the session throws, and ErrRefused for messages that are not to be had here */
  async ask<R extends ControlRequest>(request: R, hooks: ControlHooks): Promise<ControlAnswers[R['ask']]> {
    const answer: ControlAnswers[ControlRequest['ask']] = await this.#answer(request, hooks);
    return answer as ControlAnswers[R['ask']];
  }

  async #answer(
    request: ControlRequest,
    hooks: ControlHooks,
  ): Promise<ControlAnswers[ControlRequest['ask']]> {
    const manager = this.#manager;
    switch (request.ask) {
      case 'identity':
        return { publicKey: toHex(manager.publicKey), toxId: manager.toxId };
      case 'status':
        return hexed(manager.snapshot());
      case 'history':
        return { hours: manager.history() };
      case 'findings': {
        const { friend } = request;
        return {
          findings: hexed(manager.diagnose(friend === undefined ? friend : manager.resolveFriend(friend))),
        };
      }
      case 'friends':
        return { friends: friendAnswers(manager), requests: hexed(this.#options.requests?.() ?? []) };
      case 'add-friend':
      case 'accept-friend':
      case 'remove-friend':
      case 'rename-friend':
        return changeFriends(manager, request);
      case 'send':
        return sendAndFollow(manager, this.#options.timers, request, hooks);
      case 'cancel':
        return cancelMessage(manager, request);
      case 'receive':
        return this.#receive(request.once === true, hooks);
      case 'backup':
        return { base64: toBase64(await manager.exportIdentity(request.passphrase)) };
    }
  }

  async #receive(once: boolean, hooks: ControlHooks): Promise<ControlAnswers['receive']> {
    if (this.#options.givesMessages !== true || this.#isReceiving) throw taken(this.#isReceiving);
    this.#isReceiving = true;
    try {
      await new Receiving(this.#manager, this.#options.timers, hooks).run(once);
      return { ended: true };
    } finally {
      this.#isReceiving = false;
    }
  }
}

function taken(byAsker: boolean): ToxAsyncError {
  return new ToxAsyncError(
    'ErrRefused',
    byAsker
      ? 'Another "receive" takes the messages of this session. Stop it first.'
      : 'The process that holds the data directory takes its messages itself, as the flows of Node-RED do. Receive them there, or stop it first.',
  );
}
