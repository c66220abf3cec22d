import { isBlankSetting, variableIn, type Forms, type NodeSettings } from '../runtime/settings/migrate.js';

/** A value and its type. */
type Typed = readonly [value: unknown, type: string];

/**
 * Version 2: payload, friend, topic, expiry and the like have types; before, each was typed in or left to the message. A
 * setting that has a type already, in a flow that was written by hand, keeps it.
 */
function typedInputs(settings: NodeSettings): NodeSettings {
  const { friend, topic, expires, overdueAfter, replaces } = settings;
  const inputs: Readonly<Record<string, Typed>> = {
    payload: ['payload', 'msg'],
    friend: [friend, 'friend'],
    topic: isBlankSetting(topic) ? ['topic', 'msg'] : [topic, 'str'],
    expires: expiry(expires),
    overdueAfter: [overdueAfter, isBlankSetting(overdueAfter) ? 'usual' : 'seconds'],
    replaces: [replaces, isBlankSetting(replaces) ? 'usual' : 'str'],
  };
  const changed: Record<string, unknown> = { ...settings };
  for (const [name, [value, type]] of Object.entries(inputs)) {
    if (changed[`${name}Type`] !== undefined) continue;
    changed[name] = value ?? '';
    changed[`${name}Type`] = type;
  }
  return changed;
}

/** It was a number of seconds or a time. */
function expiry(expires: unknown): Typed {
  const variable = variableIn(expires);
  if (variable !== undefined) return [variable, 'env'];
  if (isBlankSetting(expires)) return ['', 'usual'];
  return [expires, Number.isNaN(Number(expires)) ? 'time' : 'seconds'];
}

export const SEND_ASYNC: Forms = { steps: [typedInputs] };
