import type { Command } from '../call';
import { EXIT } from '../exit-codes';
import { qrText } from '../output/qr';
import { write } from '../output/streams';
import { openSession } from '../session/open-session';

/** Says who the session is. */
export const id: Command = {
  name: 'id',
  usage: '',
  about: 'print the Tox ID, with its QR code on a terminal',
  options: ['qr'],
  run: async (call) => {
    const { stdout, signal } = call.machine;
    await using session = await openSession(call, { network: false });
    const { toxId } = await session.control.ask({ ask: 'identity' }, { signal });
    const isTerminal = stdout.isTTY === true;
    const code = isTerminal || call.options.qr === true ? qrText(toxId, isTerminal) : '';
    await write(stdout, `${toxId}\n${code}`);
    return EXIT.ok;
  },
};
