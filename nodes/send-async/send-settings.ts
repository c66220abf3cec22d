import { ToxAsyncError } from '../../lib/index';
import { migrate, type TellRenamed } from '../runtime/settings/migrate';
import type { SessionConfig } from '../runtime/runtime';
import { isBlank, numberOf, textOf } from '../runtime/settings/setting-values';
import { optionalChoice, setting, settingChoice, settingFlag } from '../runtime/settings/settings';
import type { FlowValues } from '../runtime/typed/flow-values';
import { checkInput, typedInput, type TypedInput } from '../runtime/typed/typed-input';
import { isLifetime } from './lifetime';
import { SEND_ASYNC } from './migrations';
import { overdueAfterOf } from './overdue-after';

/** What the dialog saves. */
export interface SendAsyncConfig extends SessionConfig {
  readonly payload?: string;
  readonly payloadType?: string;
  readonly friend?: string;
  readonly friendType?: string;
  readonly messageType?: string;
  readonly expires?: string | number;
  readonly expiresType?: string;
  readonly overdueAfter?: string | number;
  readonly overdueAfterType?: string;
  readonly replaces?: string;
  readonly replacesType?: string;
  readonly urgent?: string;
  readonly whenFull?: string;
  readonly withoutKeys?: string;
  readonly topic?: string;
  readonly topicType?: string;
  readonly compress?: string;
}

/** What the dialog says; the message says the rest. */
export interface SendSettings {
  readonly payload: TypedInput;
  readonly friend: TypedInput;
  readonly topic: TypedInput;
  readonly expires: TypedInput;
  readonly overdueAfter: TypedInput;
  readonly replaces: TypedInput;
  readonly messageType: 'normal' | 'action' | undefined;
  /** Undefined, as in the next: the message says it. */
  readonly urgent: boolean | undefined;
  readonly whenFull: 'error' | 'drop-oldest' | undefined;
  readonly withoutKeys: 'queue' | 'error';
  readonly compress: 'auto' | 'off';
}

/**
 * @param values where a typed input may lie
 * @throws ErrNotConfigured, ErrEnvironment
 */
export function sendSettings(
  given: SendAsyncConfig,
  values: FlowValues,
  tellRenamed: TellRenamed,
): SendSettings {
  const config = migrate(SEND_ASYNC, given, tellRenamed);
  const input = (
    name: 'payload' | 'friend' | 'topic' | 'expires' | 'overdueAfter' | 'replaces',
    what: string,
    own: Readonly<Record<string, (value: unknown) => unknown>>,
  ) => typedInput(config[name], config[`${name}Type`], { what, property: name, own, values });
  const settings: SendSettings = {
    payload: input('payload', 'The payload', payloadTypes(values)),
    friend: input('friend', 'The friend', { friend: (value) => textOf(value, 'The friend') }),
    topic: input('topic', 'The topic', { str: (value) => textOf(value, 'The topic') }),
    expires: input('expires', 'Expires', {
      usual: () => undefined,
      time: (value) => value,
      ...DURATIONS,
    }),
    overdueAfter: input('overdueAfter', 'Overdue', { usual: () => undefined, ...DURATIONS }),
    replaces: input('replaces', 'Replaces', {
      usual: () => undefined,
      str: (value) => textOf(value, 'Replaces'),
    }),
    urgent: isBlank(config.urgent) ? undefined : settingFlag(config.urgent, 'Urgent'),
    whenFull: optionalChoice(config.whenFull, ['error', 'drop-oldest'], 'The setting for a full outbox'),
    messageType: optionalChoice(config.messageType, ['normal', 'action'], 'The message type'),
    withoutKeys: settingChoice(
      config.withoutKeys,
      ['queue', 'error'],
      'queue',
      'The setting for missing keys',
    ),
    compress: settingChoice(config.compress, ['auto', 'off'], 'auto', 'The setting for compression'),
  };
  checkInput(settings.expires, (value) => setting(value, 'Expires', expiry));
  checkInput(settings.overdueAfter, (value) => setting(value, 'Overdue', overdueAfterOf));
  return settings;
}

/** Payloads that are typed in, by Node-RED's names of their types. */
function payloadTypes({ evaluate }: FlowValues) {
  const as = (type: string) => (value: unknown) => {
    let found: unknown;
    evaluate(String(value), type, { _msgid: '' }, (_error, result) => (found = result));
    return found;
  };
  return {
    str: as('str'),
    num: (value: unknown) => numberOf(value, { min: -Infinity, max: Infinity, otherwise: 0 }, 'The payload'),
    bool: as('bool'),
    json: as('json'),
    bin: as('bin'),
  };
}

/** Units of time, and how seconds are made of them. */
const DURATIONS = Object.fromEntries(
  Object.entries({ seconds: 1, minutes: 60, hours: 3_600, days: 86_400 }).map(([unit, seconds]) => [
    unit,
    (value: unknown) =>
      numberOf(value, { min: 0, max: Infinity, otherwise: 0 }, `The number of ${unit}`) * seconds,
  ]),
);

/** Whether a time has passed is only known when a message is sent. */
function expiry(value: unknown, what: string): void {
  if (isBlank(value) || isLifetime(value)) return;
  throw new ToxAsyncError(
    'ErrInvalidArgument',
    `${what} must be 1 second to 14 days (1209600 seconds), or a time like 2030-01-31T12:00:00Z.`,
  );
}
