import { answer, forText, friendReason } from '../checks/validators.js';
import { friendPicker } from '../fields/friend-picker.js';
import { OpenDialog } from '../fields/open-dialog.js';
import { sayReasons } from '../fields/reasons.js';
import { isVariable, showChoices } from '../fields/variables.js';
import { friendLabel, labelStyle } from '../labels.js';
import { textOf, type EditedNode } from '../node.js';

/** Whether `+` and `#` are where MQTT has them: a whole level, and `#` the last one. */
export function isTopicFilter(text: string): boolean {
  const levels = text.split('/');
  return levels.every((level, index) =>
    level.length > 1 ? !/[+#]/.test(level) : level !== '#' || index === levels.length - 1,
  );
}

const dialog = new OpenDialog('node-input');

export const receiveAsync = {
  defaults: {
    version: { value: 2 },
    name: { value: '' },
    sessions: { value: 'this' },
    storageNode: {
      value: '',
      type: 'storage-node',
      required: false,
      validate(this: EditedNode, value: unknown, opt: unknown) {
        const sessions = dialog.now(this, 'sessions');
        const isChosen = textOf(value) !== '' && value !== '_ADD_';
        const isNeeded = sessions !== 'all' && !isVariable(sessions);
        return answer(!isNeeded || isChosen ? undefined : this._('receive-async.error.session'), opt);
      },
    },
    friend: { value: '', validate: forText(friendReason) },
    via: { value: 'any' },
    topic: {
      value: '',
      validate: forText((node, text) =>
        isTopicFilter(text) ? undefined : node._('receive-async.error.topic'),
      ),
    },
    format: { value: 'auto' },
    acknowledge: { value: 'send' },
  },
  paletteLabel(this: EditedNode) {
    return this._('receive-async.paletteLabel');
  },
  inputLabels(this: EditedNode) {
    return this._('receive-async.port.input');
  },
  outputLabels(this: EditedNode) {
    return this._('receive-async.port.output');
  },
  label(this: EditedNode) {
    const friend = friendLabel(this);
    return textOf(this.name) || this._(`receive-async.from.${friend === '' ? 'any' : 'friend'}`, { friend });
  },
  labelStyle,
  oneditprepare(this: EditedNode) {
    dialog.open(this);
    showChoices(this, 'node-input', ['sessions', 'via', 'format', 'acknowledge']);
    friendPicker(this, { blank: this._('receive-async.blank.friend'), places: false });
    const acknowledge = $('#node-input-acknowledge');
    const sessions = $('#node-input-sessions');
    const show = () => {
      $('#tox-async-acknowledge-tip').toggle(acknowledge.val() === 'message');
      $('#tox-async-session-row').toggle(sessions.val() !== 'all');
      $('#node-input-storageNode').trigger('change');
    };
    acknowledge.on('change', show);
    sessions.on('change', show);
    show();
    sayReasons(this, 'node-input', receiveAsync.defaults, ['friend', 'storageNode']);
  },
  oneditsave() {
    dialog.close();
  },
  oneditcancel() {
    dialog.close();
  },
};
