import { ToxAsyncError } from '../../lib/index';
import type { SessionConfig } from '../runtime/runtime';
import { isBlank } from '../runtime/setting-values';
import { optionalChoice, setting, settingChoice, settingText } from '../runtime/settings';
import { isLifetime } from './lifetime';
import { overdueAfterOf } from './overdue-after';

/** What the dialog saves. */
export interface SendAsyncConfig extends SessionConfig {
  readonly friend?: string;
  readonly messageType?: string;
  readonly expires?: string | number;
  readonly overdueAfter?: string | number;
  readonly withoutKeys?: string;
  readonly topic?: string;
  readonly compress?: string;
}

/** What the dialog says; the message says the rest. */
export interface SendSettings {
  /** '' when the message names the friend. */
  readonly friend: string;
  readonly messageType: 'normal' | 'action' | undefined;
  /** Seconds or an ISO time; undefined when the message says it. */
  readonly expires: unknown;
  /** Seconds; undefined when the message says it, or nobody does. */
  readonly overdueAfter: number | undefined;
  readonly withoutKeys: 'queue' | 'error';
  /** '' when the message says it. */
  readonly topic: string;
  readonly compress: 'auto' | 'off';
}

/** ErrNotConfigured, ErrEnvironment. */
export function sendSettings(config: SendAsyncConfig): SendSettings {
  return {
    friend: settingText(config.friend, 'The friend'),
    messageType: optionalChoice(config.messageType, ['normal', 'action'], 'The message type'),
    expires: setting(config.expires, 'Expires', expiry),
    overdueAfter: setting(config.overdueAfter, 'Overdue after', overdueAfterOf),
    withoutKeys: settingChoice(
      config.withoutKeys,
      ['queue', 'error'],
      'queue',
      'The setting for missing keys',
    ),
    topic: settingText(config.topic, 'The topic'),
    compress: settingChoice(config.compress, ['auto', 'off'], 'auto', 'The setting for compression'),
  };
}

/** Whether a time has passed is only known when a message is sent. */
function expiry(value: unknown, what: string): unknown {
  if (isBlank(value)) return undefined;
  if (isLifetime(value)) return value;
  throw new ToxAsyncError(
    'ErrInvalidArgument',
    `${what} must be 1 to 1209600 seconds (14 days) or a time like 2030-01-31T12:00:00Z.`,
  );
}
