import { keyFault } from '../checks/friend-key.js';
import { friendsReason, type FriendEntry } from '../checks/friends.js';
import { keyReason } from '../checks/validators.js';
import { hintBelow } from '../fields/hint.js';
import { isVariable } from '../fields/variables.js';
import { textOf, type EditedNode } from '../node.js';

const LIST = '#node-config-input-friends-list';

/** Fills the list of friends, and shows who may become one. */
export function showFriends(node: EditedNode): void {
  $(LIST)
    .css({ 'min-height': '150px' })
    .editableList({
      sortable: true,
      removable: true,
      addButton: node._('storage-node.button.addFriend'),
      removeItem: () => $(LIST).trigger('change'),
      addItem: (row: JQuery, _index: number, friend: Partial<FriendEntry>) => addRow(node, row, friend),
    } as never);
  $(LIST).editableList('addItems', Array.isArray(node.friends) ? (node.friends as object[]) : []);
  sayTwins(node);

  const [role, admission] = [$('#node-config-input-role'), $('#node-config-input-admission')];
  const tokens = $('#node-config-input-joinTokens, #node-config-input-joinTokensFile');
  const show = () => {
    // A node that stores for everyone lets everybody in.
    const isForAll = role.val() === 'everyone';
    $('#tox-async-admission-row').toggle(!isForAll);
    // A variable may hold any of the choices: then all fields are there to be filled in.
    const mayBe = (select: JQuery, choice: string) => select.val() === choice || isVariable(select.val());
    $('#tox-async-allowed-row').toggle(!isForAll && mayBe(admission, 'list'));
    const hasTokens = tokens.toArray().some((field) => textOf($(field).val()) !== '');
    $('#tox-async-friends-cap-row').toggle(mayBe(role, 'everyone') || mayBe(admission, 'open') || hasTokens);
    $('#node-config-input-allowed, #node-config-input-friendsCap').trigger('change');
  };
  role.on('change', show);
  admission.on('change', show);
  tokens.on('input change', show);
  show();
}

/** What the list says now; rows without a name and a key are left out. */
export function friendRows(): FriendEntry[] {
  const rows = $(LIST).editableList('items');
  return rows
    .toArray()
    .map((row) => ({
      name: textOf($(row).find('.tox-async-friend-name').val()).trim(),
      key: textOf($(row).find('.tox-async-friend-key').val()).trim(),
    }))
    .filter(({ name, key }) => name !== '' || key !== '');
}

/** Two of one name or key: a fault of the list, not of a row. A wrong key is said in its own row. */
function sayTwins(node: EditedNode): void {
  const say = hintBelow($(LIST));
  const look = () => {
    const complete = friendRows().filter(({ key }) => isVariable(key) || keyFault(key) === undefined);
    const reason = friendsReason(node, complete);
    say(reason === undefined ? undefined : { level: 'error', text: reason });
  };
  $(LIST).on('input change', look);
  look();
}

function addRow(node: EditedNode, row: JQuery, { name = '', key = '' }: Partial<FriendEntry>): void {
  row.addClass('tox-async-row');
  row
    .siblings('.red-ui-editableList-item-remove')
    .attr('aria-label', node._('storage-node.button.removeFriend'));
  const field = (className: string, text: string, value: string) =>
    $('<input type="text">')
      .addClass(className)
      .attr({ placeholder: text, 'aria-label': text })
      .val(value)
      .appendTo(row);
  field('tox-async-friend-name', node._('storage-node.placeholder.friendName'), name);
  const input = field('tox-async-friend-key', node._('storage-node.placeholder.friendKey'), key);
  const line = $('<div class="tox-async-hint" role="status" data-level="error">').appendTo(row);
  const look = () => {
    const text = textOf(input.val()).trim();
    const reason = text === '' || isVariable(text) ? undefined : keyReason(node, text);
    const isWrong = reason !== undefined;
    input.toggleClass('input-error', isWrong).attr('aria-invalid', String(isWrong));
    line.toggle(isWrong).empty();
    if (isWrong) {
      line.append($('<i class="fa fa-exclamation-circle" aria-hidden="true">'), $('<span>').text(reason));
    }
  };
  input.on('input change', look);
  look();
}
