import type { AsyncManager, MessageHead } from '../../lib/index';
import { isFriend } from '../session/friends/friend-names';
import { migrate, type TellRenamed } from '../runtime/settings/migrate';
import type { SessionConfig } from '../runtime/runtime';
import { textOf } from '../runtime/settings/setting-values';
import { setting, settingChoice, settingText } from '../runtime/settings/settings';
import { RECEIVE_ASYNC } from './migrations';
import type { PayloadFormat } from './payload';
import { topicFilter, topicOf, type TopicFilter } from './topic';

export interface ReceiveAsyncConfig extends SessionConfig {
  readonly sessions?: string;
  readonly friend?: string;
  readonly via?: string;
  readonly topic?: string;
  readonly format?: string;
  readonly acknowledge?: string;
}

/** Which messages a node takes, in what form, and when it has finished one. */
export interface ReceiveSettings {
  /** 'this': those of the session that the dialog names; 'all': those of every session in this Node-RED. */
  readonly sessions: 'this' | 'all';
  /** '' for any friend. */
  readonly friend: string;
  readonly via: 'any' | 'stored' | 'direct' | 'tox';
  readonly acceptsTopic: TopicFilter;
  readonly format: PayloadFormat;
  /** 'send': when the runtime has taken the message; 'message': when its acknowledgement comes back. */
  readonly acknowledge: 'send' | 'message';
}

/** ErrNotConfigured, ErrEnvironment. */
export function receiveSettings(given: ReceiveAsyncConfig, tellRenamed: TellRenamed): ReceiveSettings {
  const config = migrate(RECEIVE_ASYNC, given, tellRenamed);
  return {
    sessions: settingChoice(config.sessions, ['this', 'all'], 'this', 'The choice of sessions'),
    friend: settingText(config.friend, 'The friend'),
    via: settingChoice(config.via, ['any', 'stored', 'direct', 'tox'], 'any', 'The arrival filter'),
    acceptsTopic: setting(config.topic, 'The topic filter', (value, what) =>
      topicFilter(textOf(value, what), what),
    ),
    format: settingChoice(
      config.format,
      ['auto', 'string', 'buffer', 'object'],
      'auto',
      'The form of the payload',
    ),
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
  { friend, via, acceptsTopic }: ReceiveSettings,
  message: MessageHead,
): boolean {
  if (via !== 'any' && message.via !== via) return false;
  if (friend !== '' && !isFriend(manager, friend, message.sender)) return false;
  return acceptsTopic(() => topicOf(manager, message));
}
