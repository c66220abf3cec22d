import type { Command } from '../call';
import { EXIT, Failure } from '../exit-codes';
import { jsonOf, write } from '../output/streams';
import { openSession } from '../session/open-session';

const MESSAGE_ID = /^[0-9a-f]{64}$/i;

/** Takes back a message that is on its way. */
export const cancel: Command = {
  name: 'cancel',
  usage: 'ID [FRIEND]',
  about: 'take back a message that is on its way',
  options: ['json'],
  more: `ID is the messageId that "send --json" prints. Without FRIEND it is cancelled
for every friend. A part of it that has left this machine may arrive all the
same, and the answer says so.`,
  run: async (call) => {
    const [messageId, friend, ...others] = call.words;
    if (messageId === undefined || others.length > 0) {
      throw new Failure(EXIT.usage, `Usage: tox-async cancel ${cancel.usage}`);
    }
    if (!MESSAGE_ID.test(messageId)) {
      throw new Failure(
        EXIT.data,
        `"${messageId}" is no messageId, which has 64 hexadecimal digits. Copy all of what "send --json" printed.`,
      );
    }
    const { stdout, signal } = call.machine;
    await using session = await openSession(call, { network: false });
    const request = { ask: 'cancel', messageId, ...(friend !== undefined && { friend }) } as const;
    const answer = await session.control.ask(request, { signal });
    const words = answer.mayArrive ? 'cancelled: it may arrive all the same' : 'cancelled';
    await write(stdout, call.options.json === true ? `${jsonOf(answer)}\n` : `${words}\n`);
    return EXIT.ok;
  },
};
