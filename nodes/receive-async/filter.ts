import type { AsyncManager } from '../../lib/index';
import { isFriend } from '../session/friend-names';
import type { MessageHead } from '../session/inbox-fan-out';
import type { SessionConfig } from '../runtime/runtime';
import { settingChoice, settingText } from '../runtime/settings';

export interface ReceiveAsyncConfig extends SessionConfig {
  readonly friend?: string;
  readonly via?: string;
  readonly acknowledge?: string;
}

/** Which messages a node takes, and when it has finished one. */
export interface ReceiveSettings {
  /** '' for any friend. */
  readonly friend: string;
  readonly via: 'any' | 'stored' | 'direct' | 'tox';
  /** 'send': when the runtime has taken the message; 'message': when its acknowledgement comes back. */
  readonly acknowledge: 'send' | 'message';
}

/** ErrNotConfigured, ErrEnvironment. */
export function receiveSettings(config: ReceiveAsyncConfig): ReceiveSettings {
  return {
    friend: settingText(config.friend, 'The friend'),
    via: settingChoice(config.via, ['any', 'stored', 'direct', 'tox'], 'any', 'The arrival filter'),
    acknowledge: settingChoice(
      config.acknowledge,
      ['send', 'message'],
      'send',
      'The acknowledgement setting',
    ),
  };
}

export function accepts(
  manager: AsyncManager,
  { friend, via }: ReceiveSettings,
  message: MessageHead,
): boolean {
  if (via !== 'any' && message.via !== via) return false;
  return friend === '' || isFriend(manager, friend, message.sender);
}
