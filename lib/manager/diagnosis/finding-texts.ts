import type { FindingParams } from '../events';

/**
 * The words of the findings, in English. Other languages have them in catalogs under the same codes and parameters: what a
 * text says depends on its code and on `count`, `context` and `keys` alone, as it does there.
 */

type Words = Readonly<Record<string, string>>;

/**
 * A text for each code: by `context` where there is one, `''` being the text of none, and in two forms, split by `|`,
 * where it counts. `{name}` is a parameter.
 */
const TEXTS = {
  'no-transport': {
    '': 'This session is not attached to a Tox network. Add a tox-transport node that uses it.',
  },
  'not-connected': { '': 'The Tox network is not connected. Messages wait here until it is.' },
  'disk-full': { '': '{problem}' },
  'directory-replaced': { '': '{problem}' },
  'clock-off': {
    '': 'The clock of this machine is wrong: it shows {time}. Set it, for example over the network (NTP): messages bear the wrong time, and an expiry at a time of day is not kept.',
  },
  waiting: {
    '': '1 received message is waiting for a receive-async node that accepts it.|{count} received messages are waiting for a receive-async node that accepts them.',
  },
  'plain-client': {
    '': '{friend} uses an ordinary Tox client: messages are sent as ordinary ones, and only while you are both online.',
  },
  'never-met': {
    '': 'There are no one-time keys for {friend} yet: {friend} has never been online at the same time as this session. Check that you are friends of each other and that {friend} uses this package. Messages go out after the first time you are both online.',
  },
  'no-prekeys': {
    '': 'No one-time keys for {friend} are left. New ones arrive automatically when you are both online.',
  },
  direct: { '': '{friend} is online: a message would be delivered at once. Keys left: {keys}.' },
  stored: {
    '': '{friend} is offline: 1 storage node would accept a message. Keys left: {keys}.|{friend} is offline: {count} storage nodes would accept a message. Keys left: {keys}.',
    unready:
      '{friend} is not ready: 1 storage node would accept a message. Keys left: {keys}.|{friend} is not ready: {count} storage nodes would accept a message. Keys left: {keys}.',
  },
  refused: {
    full: 'Every storage node refuses new messages for {friend} ({refusal}). Give the nodes more disk space or a higher limit, or add another node.',
    share:
      'Every storage node refuses new messages for {friend} ({refusal}): the room for your messages there is used up. It is free again when {friend} fetches them; another storage node gives more room.',
    rate: 'Every storage node refuses new messages for {friend} ({refusal}): too many came at once. They go out more slowly, without your help.',
    later:
      'Every storage node refuses new messages for {friend} ({refusal}). They are asked again automatically; add another storage node if this goes on.',
  },
  'no-storage-node': {
    '': '{friend} is offline, and no storage node that you both know is online. Add one as a friend on both sides, or wait until one is back.',
    unready:
      '{friend} is not ready, and no storage node that you both know is online. Add one as a friend on both sides, or wait until one is back.',
  },
  'silent-client': {
    '': '{friend} is online but has not answered as a user of this extension for {days} days. If {friend} now uses an ordinary Tox client, allow ordinary messages to this friend (allow-plain).',
  },
  'no-answer': {
    '': '{friend} is connected but does not answer as a user of this extension does. If that goes on, ask {friend} to restart. If {friend} is not running at all, someone else may be using their Tox profile.',
  },
  elsewhere: {
    '': 'This identity runs in a second place as well: {friend} has keys that this copy never gave out. Stop one of the copies, or messages are lost.',
  },
  restored: {
    '': '{friend} had keys of this identity that this data directory does not have, as after a restore. Nothing is to be done: messages sealed to them are sealed again. If this is no restore, stop the other copy of this identity.',
  },
  'dead-keys': {
    '': '{friend} no longer had keys that messages were sealed to, as after a restore on their side. Nothing is to be done: the messages are sealed again with new keys.',
  },
  'node-suggested': {
    '': '{friend} fetches mail from an open storage node that is not a friend of ours. Add {toxId} as a friend to store messages there.',
  },
  queued: {
    '': '1 message to {friend} is waiting.|{count} messages to {friend} are waiting.',
    reason: '1 message to {friend} is waiting: {reason}.|{count} messages to {friend} are waiting: {reason}.',
  },
  kept: {
    '': '1 message is kept by storage nodes until {friend} fetches it.|{count} messages are kept by storage nodes until {friend} fetches them.',
  },
} as const satisfies Record<string, Words>;

export type FindingCode = keyof typeof TEXTS;

/** Every code, with the contexts that its text has. */
export const FINDING_CONTEXTS: ReadonlyMap<FindingCode, readonly string[]> = new Map(
  (Object.keys(TEXTS) as FindingCode[]).map((code) => [code, Object.keys(TEXTS[code])]),
);

/** The English text of a finding. */
export function findingText(code: FindingCode, params: FindingParams): string {
  const words: Words = TEXTS[code];
  const [one = '', many = one] = (words[params.context ?? ''] ?? '').split('|');
  const text = params.count === 1 ? one : many;
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ''));
}
