/** Chooses a friend of the session: by name from the running session, or typed in as a name, key or Tox ID. */
import { friendReason } from '../checks/validators.js';
import { isMeantAsKey, publicKeyIn } from '../checks/friend-key.js';
import { textOf, type EditedNode } from '../node.js';
import { runningSessions, type FriendState, type SessionSummary } from '../sessions.js';
import { hintBelow, type Said } from './hint.js';
import { PLACES, showTyped, type InputType } from './typed.js';
import { isVariable } from './variables.js';

const TEXTS = 'node-red-contrib-tox-async/storage-node:storage-node.picker';

/** Name of a mark among the field's data. */
const IS_OPEN = 'tox-async-open';

const ICONS: Readonly<Record<FriendState, string>> = {
  online: 'fa-circle',
  connected: 'fa-circle',
  plain: 'fa-circle',
  away: 'fa-circle-o',
  asked: 'fa-clock-o',
  'never-met': 'fa-question-circle-o',
};

/**
 * Makes the field `friend` a picker.
 * @param blank what it means when nothing is chosen, in words
 * @param places whether the friend may also lie in the message, a context store or the environment
 */
export function friendPicker(node: EditedNode, { blank, places }: { blank: string; places: boolean }): void {
  let running: readonly SessionSummary[] = [];
  const session = () => running.find(({ id }) => id === $('#node-input-storageNode').val());
  const friendType: InputType = {
    value: 'friend',
    label: node._(`${TEXTS}.type`),
    icon: 'fa fa-user',
    autoComplete: (text, done) => done(foundIn(node, session(), text)),
  };
  const field = showTyped(node, 'friend', places ? [friendType, ...PLACES] : [friendType], 'friend');
  field.data(IS_OPEN, true);
  const say = hintBelow(field);
  const look = () => {
    const text = textOf(field.typedInput('value')).trim();
    say(field.typedInput('type') === 'friend' ? saidOf(node, session(), text, blank) : undefined);
  };
  field.on('change', look);
  $('#node-input-storageNode').on('change', look);
  // A click on an empty field shows all friends.
  field
    .next('.red-ui-typedInput-container')
    .find('input')
    .on('input', look)
    .on('focus', ({ target }) => {
      if (textOf($(target).val()) === '') $(target).trigger('keyup');
    });
  look();
  void runningSessions().then((sessions) => {
    // The dialog may have been closed by now: what is removed from the page has lost its data.
    if (field.data(IS_OPEN) !== true) return;
    running = sessions;
    look();
  });
}

function foundIn(node: EditedNode, session: SessionSummary | undefined, text: string): object[] {
  return [...(session?.friends ?? [])]
    .sort((a, b) => a.name.localeCompare(b.name))
    .filter(({ name, publicKey }) => `${name} ${publicKey}`.toLowerCase().includes(text.trim().toLowerCase()))
    .map(({ name, publicKey, state }) => ({
      value: name === '' ? publicKey : name,
      label: $('<span class="tox-async-friend">').append(
        $('<i class="fa" aria-hidden="true">').addClass(ICONS[state]).attr('data-state', state),
        $('<span>').text(name === '' ? `${publicKey.slice(0, 8)}…` : name),
        $('<span class="tox-async-state">').text(node._(`${TEXTS}.state.${state}`)),
      ),
    }));
}

function saidOf(
  node: EditedNode,
  session: SessionSummary | undefined,
  text: string,
  blank: string,
): Said | undefined {
  if (isVariable(text)) return undefined;
  if (text === '') return { level: 'info', text: blank };
  const reason = friendReason(node, text);
  if (reason !== undefined) return { level: 'error', text: reason };
  if (session?.toxId === undefined) return undefined;
  const friend = session.friends.find(({ name, publicKey }) =>
    isMeantAsKey(text) ? publicKey === publicKeyIn(text) : name === text,
  );
  if (friend !== undefined) return { level: 'ok', text: node._(`${TEXTS}.state.${friend.state}`) };
  return { level: 'info', text: node._(`${TEXTS}.unknown`, { session: session.name }) };
}
