import { forText, friendReason } from '../checks/validators.js';
import { friendPicker } from '../fields/friend-picker.js';
import { showChoices } from '../fields/variables.js';
import { friendLabel, labelStyle, sessionLabel } from '../labels.js';
import { textOf, type EditedNode } from '../node.js';

export const prekeyExchange = {
  defaults: {
    version: { value: 1 },
    name: { value: '' },
    storageNode: { value: '', type: 'storage-node', required: true },
    bridge: { value: false },
    friend: { value: '', validate: forText(friendReason) },
  },
  paletteLabel(this: EditedNode) {
    return this._('prekey-exchange.paletteLabel');
  },
  inputLabels(this: EditedNode) {
    return this._('prekey-exchange.port.input');
  },
  outputLabels(this: EditedNode, index: number) {
    return this._(index === 0 ? 'prekey-exchange.port.transport' : 'prekey-exchange.port.keys');
  },
  label(this: EditedNode) {
    const friend = friendLabel(this) || sessionLabel(this);
    const of = friend === '' ? 'all' : 'friend';
    return textOf(this.name) || this._(`prekey-exchange.keys.${of}`, { friend });
  },
  labelStyle,
  oneditprepare(this: EditedNode) {
    showChoices(this, 'node-input', ['bridge']);
    friendPicker(this, { blank: this._('prekey-exchange.blank.friend'), places: false });
    const box = $('#node-input-bridge');
    const show = () => void $('#prekey-exchange-bridge-tip').toggle(box.is(':checked'));
    box.on('change', show);
    show();
  },
};
