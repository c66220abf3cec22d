import type { ControlRequest, FriendAnswer } from '../../lib/index';
import type { Call, Command } from '../call';
import { EXIT, type ExitCode, Failure } from '../exit-codes';
import { assertNoNetworkOptions } from '../options/command-line';
import type { OptionName } from '../options/option-table';
import { jsonOf, printable, write } from '../output/streams';
import { openSession } from '../session/open-session';

/** Text of a friend request for which the user has none. */
const GREETING = 'Hello! I would like to exchange messages with you.';

/** Shows and changes friends. */
export const friends: Command = {
  name: 'friends',
  usage: '[list | add | accept | rename | remove] …',
  about: 'show and change friends',
  options: ['name', 'message', 'json'],
  more: `  list                    also who asks to be a friend, while a session runs
  add TOX-ID              asks them, with --name and --message, again and again
                          while a session runs; they have to accept it
  accept KEY              who asked, or has your key, with --name
  rename FRIEND NAME
  remove FRIEND           erases their keys; messages that wait for them fail
A FRIEND is a name, a public key of 64 digits or a Tox ID of 76.`,
  run: async (call) => {
    const [action = 'list', ...words] = call.words;
    if (action === 'list') return list(call, words);
    const { request, network } = orderOf(call, action, words);
    if (!network) assertNoNetworkOptions(`"tox-async friends ${action}"`, call.options);
    const { stdout, signal } = call.machine;
    await using session = await openSession(call, { network });
    const friend = await session.control.ask(request, { signal });
    await write(stdout, call.options.json === true ? `${jsonOf(friend)}\n` : friendLine(friend));
    return EXIT.ok;
  },
};

const USAGE =
  'Usage: tox-async friends [list | add TOX-ID | accept KEY | rename FRIEND NAME | remove FRIEND]';

type Order = Extract<ControlRequest, { ask: `${string}-friend` }>;

function orderOf(
  { options }: Call,
  action: string,
  words: readonly string[],
): { readonly request: Order; readonly network: boolean } {
  const { name, message = GREETING } = options;
  const named = name === undefined ? {} : { name };
  const [first = '', second = ''] = words;
  const order = (count: number, allowed: readonly OptionName[], request: Order, network: boolean) => {
    const misplaced = (['name', 'message'] as const).find(
      (each) => options[each] !== undefined && !allowed.includes(each),
    );
    if (words.length === count && misplaced === undefined) return { request, network };
    throw new Failure(EXIT.usage, USAGE);
  };
  switch (action) {
    case 'add':
      return order(
        1,
        ['name', 'message'],
        { ask: 'add-friend', toxId: first, greeting: message, ...named },
        true,
      );
    case 'accept':
      return order(1, ['name'], { ask: 'accept-friend', key: first, ...named }, false);
    case 'rename':
      return order(2, [], { ask: 'rename-friend', friend: first, name: second }, false);
    case 'remove':
      return order(1, [], { ask: 'remove-friend', friend: first }, false);
    default:
      throw new Failure(EXIT.usage, USAGE);
  }
}

async function list(call: Call, words: readonly string[]): Promise<ExitCode> {
  if (words.length > 0) throw new Failure(EXIT.usage, USAGE);
  assertNoNetworkOptions('"tox-async friends list"', call.options);
  const { stdout, signal } = call.machine;
  await using session = await openSession(call, { network: false });
  const answer = await session.control.ask({ ask: 'friends' }, { signal });
  if (call.options.json === true) {
    await write(stdout, `${jsonOf(answer)}\n`);
    return EXIT.ok;
  }
  const lines = answer.friends.map(friendLine);
  for (const { publicKey, text } of answer.requests) {
    lines.push(`${publicKey}  asks to be a friend: ${JSON.stringify(printable(text))}\n`);
  }
  await write(stdout, lines.join('') || 'No friends yet. Add one with "tox-async friends add TOX-ID".\n');
  return EXIT.ok;
}

function friendLine({ publicKey, name, online }: FriendAnswer): string {
  return `${publicKey}  ${online ? 'online ' : 'offline'}  ${printable(name ?? '')}`.trimEnd() + '\n';
}
