import { forType, friendReason } from '../checks/validators.js';
import { friendPicker } from '../fields/friend-picker.js';
import { choice, PLACES, showTyped, unit } from '../fields/typed.js';
import { OpenDialog } from '../fields/open-dialog.js';
import { sayReasons } from '../fields/reasons.js';
import { showChoices } from '../fields/variables.js';
import { friendLabel, labelStyle } from '../labels.js';
import { textOf, type EditedNode } from '../node.js';

/** Longest life of a message, seconds. */
const LONGEST = 14 * 24 * 60 * 60;
const UNITS = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 } as const;

/** A time span is more than nothing and at most 14 days. */
function spans(reason: string) {
  const check = (seconds: number) => (node: EditedNode, text: string) => {
    const span = Number(text) * seconds;
    return span >= 1 && span <= LONGEST ? undefined : node._(reason);
  };
  return Object.fromEntries(Object.entries(UNITS).map(([name, seconds]) => [name, check(seconds)]));
}

/** At most 255 bytes of UTF-8 without control characters. */
function isTopic(text: string): boolean {
  return !/[\p{Cc}\p{Cs}]/u.test(text) && new TextEncoder().encode(text).length <= 255;
}

const dialog = new OpenDialog('node-input');

const typeOf = (name: string) => (node: EditedNode) => dialog.now(node, `${name}Type`);

export const sendAsync = {
  defaults: {
    version: { value: 2 },
    name: { value: '' },
    storageNode: { value: '', type: 'storage-node', required: true },
    friend: { value: '', validate: forType(typeOf('friend'), { friend: friendReason, '': friendReason }) },
    friendType: { value: 'friend' },
    payload: { value: 'payload' },
    payloadType: { value: 'msg' },
    topic: {
      value: 'topic',
      validate: forType(typeOf('topic'), {
        str: (node, text) => (isTopic(text) ? undefined : node._('send-async.error.topic')),
      }),
    },
    topicType: { value: 'msg' },
    messageType: { value: '' },
    expires: {
      value: '',
      validate: forType(typeOf('expires'), {
        ...spans('send-async.error.expires'),
        time: (node, text) =>
          Number.isNaN(Date.parse(text)) ? node._('send-async.error.expires') : undefined,
      }),
    },
    expiresType: { value: 'usual' },
    overdueAfter: {
      value: '',
      validate: forType(typeOf('overdueAfter'), spans('send-async.error.overdueAfter')),
    },
    overdueAfterType: { value: 'usual' },
    replaces: {
      value: '',
      validate: forType(typeOf('replaces'), {
        str: (node, text) => (isTopic(text) ? undefined : node._('send-async.error.replaces')),
      }),
    },
    replacesType: { value: 'usual' },
    urgent: { value: '' },
    whenFull: { value: '' },
    withoutKeys: { value: 'queue' },
    compress: { value: 'auto' },
  },
  paletteLabel(this: EditedNode) {
    return this._('send-async.paletteLabel');
  },
  inputLabels(this: EditedNode) {
    return this._('send-async.port.input');
  },
  outputLabels(this: EditedNode, index: number) {
    return this._(index === 0 ? 'send-async.port.receipt' : 'send-async.port.outcomes');
  },
  label(this: EditedNode) {
    return textOf(this.name) || `-> ${friendLabel(this) || 'msg.friend'}`;
  },
  labelStyle,
  oneditprepare(this: EditedNode) {
    dialog.open(this);
    showChoices(this, 'node-input', ['messageType', 'urgent', 'whenFull', 'withoutKeys', 'compress']);
    friendPicker(this, { blank: this._('send-async.blank.friend'), places: true });
    showTyped(
      this,
      'payload',
      ['msg', 'flow', 'global', 'str', 'num', 'bool', 'json', 'bin', 'env', 'jsonata'],
      'msg',
    );
    showTyped(this, 'topic', ['msg', 'str', 'flow', 'global', 'env', 'jsonata'], 'msg');
    const units = (names: readonly (keyof typeof UNITS)[]) =>
      names.map((name) => unit(name, this._(`send-async.unit.${name}`)));
    showTyped(
      this,
      'expires',
      [
        choice('usual', this._('send-async.expires.usual')),
        ...units(['days', 'hours', 'minutes', 'seconds']),
        { value: 'time', label: this._('send-async.expires.time') },
        ...PLACES,
      ],
      'usual',
    );
    showTyped(
      this,
      'overdueAfter',
      [
        choice('usual', this._('send-async.overdueAfter.usual')),
        ...units(['minutes', 'hours', 'days', 'seconds']),
        ...PLACES,
      ],
      'usual',
    );
    showTyped(
      this,
      'replaces',
      [choice('usual', this._('send-async.replaces.usual')), 'str', ...PLACES],
      'usual',
    );
    sayReasons(this, 'node-input', sendAsync.defaults, ['friend']);
  },
  oneditsave() {
    dialog.close();
  },
  oneditcancel() {
    dialog.close();
  },
};
