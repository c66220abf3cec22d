import { ToxAsyncError, type PublicKey, type UserStatus } from '../../lib/index';
import { payloadText } from '../runtime/payload/payload-text';
import type { IncomingMessage } from '../runtime/runtime';
import { actionOf, choiceOf, flagOf, isBlank, textOf } from '../runtime/settings/setting-values';
import { publicKeyOf } from '../session/friends/friend-list';
import { friendTexts, type GivenName } from '../session/friends/friend-names';

/** Text of a friend request for which the flow has none. */
export const GREETING = 'Hello! I would like to exchange messages with you.';

/** What a message asks a tox-transport to do. It shares nothing with the message. */
export type ToxOrder =
  | { readonly action: 'connect' }
  | { readonly action: 'disconnect' }
  | { readonly action: 'list-friends' }
  | {
      readonly action: 'send';
      readonly text: string;
      readonly type: 'normal' | 'action';
      readonly friends: readonly GivenName[];
    }
  | ChangeOrder;

/** What changes our friends, or what they see of us; only on Tox. '' for a name that is not given. */
export type ChangeOrder =
  | {
      readonly action: 'add-friend';
      readonly toxId: string;
      readonly greeting: string;
      readonly name: string;
    }
  | { readonly action: 'accept'; readonly friend: PublicKey; readonly name: string }
  | { readonly action: 'remove-friend'; readonly friends: readonly GivenName[] }
  | {
      readonly action: 'allow-plain';
      readonly friends: readonly GivenName[];
      readonly allowed: boolean;
    }
  | { readonly action: 'set-name'; readonly name: string }
  | {
      readonly action: 'set-status';
      readonly status: UserStatus | undefined;
      readonly text: string | undefined;
    };

/** ErrInvalidArgument, ErrInvalidKey, ErrInvalidToxId; to send also ErrMessageEmpty, ErrMessageTooLarge, ErrPayload. */
export function orderOf(msg: IncomingMessage & Record<string, unknown>): ToxOrder {
  const action = actionOf(msg, [
    'connect',
    'disconnect',
    'list-friends',
    'send',
    'add-friend',
    'accept',
    'remove-friend',
    'allow-plain',
    'set-name',
    'set-status',
  ]);
  switch (action) {
    case undefined:
      throw new ToxAsyncError('ErrInvalidArgument', 'Set msg.action, for example to "connect" or "send".');
    case 'connect':
    case 'disconnect':
    case 'list-friends':
      return { action };
    case 'send': {
      const type = choiceOf(msg.messageType, ['normal', 'action'], 'normal', 'messageType');
      return { action, text: payloadText(msg.payload), type, friends: friendTexts(msg.friend) };
    }
    case 'add-friend': {
      const greeting = textOf(msg.message, 'msg.message') || GREETING;
      return { action, toxId: keyText(msg.friend), greeting, name: textOf(msg.name, 'msg.name') };
    }
    case 'accept':
      return { action, friend: publicKeyOf(keyText(msg.friend)), name: textOf(msg.name, 'msg.name') };
    case 'remove-friend':
      return { action, friends: friendTexts(msg.friend) };
    case 'allow-plain': {
      const allowed = isBlank(msg.payload) || flagOf(msg.payload, 'msg.payload');
      return { action, friends: friendTexts(msg.friend), allowed };
    }
    case 'set-name':
      return { action, name: textOf(msg.payload, 'msg.payload') };
    case 'set-status':
      return statusOrder(msg);
  }
}

function statusOrder({ status, payload }: IncomingMessage & Record<string, unknown>): ChangeOrder {
  const hasText = payload !== undefined && payload !== null;
  if (isBlank(status) && !hasText) {
    throw new ToxAsyncError(
      'ErrInvalidArgument',
      'Set msg.status to "available", "away" or "busy", msg.payload to a text for friends to see, or both.',
    );
  }
  const chosen = choiceOf(status, ['available', 'away', 'busy'], 'available', 'msg.status');
  return {
    action: 'set-status',
    status: isBlank(status) ? undefined : chosen,
    text: hasText ? textOf(payload, 'msg.payload') : undefined,
  };
}

function keyText(friend: unknown): string {
  const text = textOf(friend, 'msg.friend');
  if (text !== '') return text;
  throw new ToxAsyncError(
    'ErrInvalidArgument',
    'Set msg.friend to the full Tox ID (76 digits) of a friend to add, or the public key of a friend to accept.',
  );
}
