import { keyFault } from '../checks/friend-key.js';
import { friendsReason, type FriendEntry } from '../checks/friends.js';
import { answer, forText, isNumberIn, keyReason } from '../checks/validators.js';
import { OpenDialog } from '../fields/open-dialog.js';
import { sayReasons } from '../fields/reasons.js';
import { rememberUnset } from '../fields/secrets.js';
import { isVariable, showChoices } from '../fields/variables.js';
import { textOf, type EditedNode } from '../node.js';
import { advancedTab } from '../session/advanced-tab.js';
import { friendRows, showFriends } from '../session/friends-tab.js';
import { identityTab } from '../session/identity-tab.js';
import { sayGoodbye } from '../session/removed.js';
import { storageTab } from '../session/storage-tab.js';
import { showTabs } from '../session/tabs.js';
import { runningSession } from '../sessions.js';

const dialog = new OpenDialog('node-config-input');

/** Credentials are not among the node's settings, and an open dialog shows only whether there are any. */
function hasTokens(node: EditedNode): boolean {
  return dialog.now(node, 'joinTokens') !== '';
}

export const storageNode = {
  credentials: {
    passphrase: { type: 'password' },
    identity: { type: 'password' },
    joinTokens: { type: 'password' },
    cell: { type: 'password' },
    database: { type: 'password' },
    fleetSecret: { type: 'password' },
  },
  defaults: {
    version: { value: 1 },
    name: { value: '' },
    dataDir: { value: '' },
    startNew: { value: '' },
    engine: { value: '' },
    role: { value: '' },
    cap: {
      value: '',
      validate: forText((node, text) =>
        isNumberIn(text, 1, 1000) ? undefined : node._('storage-node.error.cap'),
      ),
    },
    mailPlace: { value: '' },
    schema: { value: '' },
    standbys: {
      value: '',
      validate: forText((node, text) =>
        isNumberIn(text, 0, 100) && Number.isInteger(Number(text))
          ? undefined
          : node._('storage-node.error.standbys'),
      ),
    },
    fleetFile: { value: '' },
    admission: { value: '' },
    allowed: {
      value: '',
      validate(this: EditedNode, value: unknown, opt: unknown) {
        if (
          dialog.now(this, 'admission') !== 'list' ||
          dialog.now(this, 'role') === 'everyone' ||
          isVariable(value)
        )
          return true;
        const keys = textOf(value).replace(/tox:/gi, ' ').match(/\w+/g) ?? [];
        const wrong = keys.find((key) => keyFault(key) !== undefined);
        if (keys.length === 0) return answer(this._('storage-node.error.noneAllowed'), opt);
        const reason = wrong === undefined ? undefined : keyReason(this, wrong);
        return answer(reason && `${(wrong ?? '').slice(0, 8)}…: ${reason}`, opt);
      },
    },
    friendsCap: {
      value: '',
      validate(this: EditedNode, value: unknown, opt: unknown) {
        const letsIn = dialog.now(this, 'role') === 'everyone' || dialog.now(this, 'admission') === 'open';
        const isUsed = letsIn || dialog.now(this, 'joinTokensFile') !== '' || hasTokens(this);
        const isFine = !isUsed || isVariable(value) || isNumberIn(textOf(value), 1, 2000);
        return answer(isFine ? undefined : this._('storage-node.error.friendsCap'), opt);
      },
    },
    joinTokensFile: { value: '' },
    befriendOpenNodes: { value: false },
    friends: {
      value: [],
      validate(this: EditedNode, value: unknown, opt: unknown) {
        const friends = Array.isArray(value) ? (value as Partial<FriendEntry>[]) : [];
        const entries = friends.map(({ name = '', key = '' }) => ({ name, key }));
        return answer(friendsReason(this, entries), opt);
      },
    },
  },
  paletteLabel(this: EditedNode) {
    return this._('storage-node.paletteLabel');
  },
  label(this: EditedNode) {
    return textOf(this.name) || this._('storage-node.paletteLabel');
  },
  oneditprepare(this: EditedNode) {
    dialog.open(this);
    rememberUnset(this, Object.keys(storageNode.credentials));
    showChoices(this, 'node-config-input', ['engine', 'mailPlace', 'role', 'admission', 'befriendOpenNodes']);
    showTabs(this);
    showFriends(this);
    const running = runningSession(this.id);
    storageTab(this, running);
    identityTab(this, running);
    advancedTab(this, running);
    sayReasons(this, 'node-config-input', storageNode.defaults, ['friends']);
  },
  oneditsave(this: EditedNode) {
    dialog.close();
    this.friends = friendRows();
  },
  oneditcancel() {
    dialog.close();
  },
  oneditdelete(this: EditedNode) {
    dialog.close();
    sayGoodbye(this);
  },
};
