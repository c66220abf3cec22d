import { isBlankSetting, variableIn, type NodeSettings, type Step } from '../runtime/migrate';

/** Version 2: payload, friend, topic, expiry and the like have types; before, each was typed in or left to the message. */
function typedInputs(settings: NodeSettings): NodeSettings {
  const { topic, expires, overdueAfter } = settings;
  return {
    ...settings,
    payload: 'payload',
    payloadType: 'msg',
    friendType: 'friend',
    ...(isBlankSetting(topic) ? { topic: 'topic', topicType: 'msg' } : { topicType: 'str' }),
    ...expiry(expires),
    overdueAfterType: isBlankSetting(overdueAfter) ? 'usual' : 'seconds',
  };
}

/** It was a number of seconds or a time. */
function expiry(expires: unknown): NodeSettings {
  const variable = variableIn(expires);
  if (variable !== undefined) return { expires: variable, expiresType: 'env' };
  if (isBlankSetting(expires)) return { expires: '', expiresType: 'usual' };
  return { expires, expiresType: Number.isNaN(Number(expires)) ? 'time' : 'seconds' };
}

export const SEND_ASYNC: readonly Step[] = [typedInputs];
