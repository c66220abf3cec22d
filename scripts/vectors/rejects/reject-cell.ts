import { toHex, uint } from '../../../test/lib/vectors/support/reference/bytes';
import { addressOf, cellUri, joinRequest } from '../../../test/lib/vectors/support/reference/cell';
import type { RejectVector } from '../../../test/lib/vectors/support/vector-files';
import { digest, R, S, stretched } from '../cast';

/** Invitations that a device refuses, and friend requests that prove no token; each differs from a good one in one thing. */
export function rejectedCells(): RejectVector[] {
  const token = stretched('token', 24);
  const [one, two] = [R, S].map((each) => addressOf(each.public, uint(1, 4))) as [string, string];
  const otherNospam = addressOf(R.public, uint(2, 4));
  const cells = [{ collector: one, nodes: [two] }];
  const good = cellUri(1, token, cells);
  const text = good.slice('tox-cell:'.length);
  const wrongSum = (address: string) => address.slice(0, -1) + (address.endsWith('0') ? '1' : '0');
  const bytes = Buffer.from(text, 'base64url');
  const cut = (length: number) => `tox-cell:${bytes.subarray(0, length).toString('base64url')}`;
  const uris: [why: string, uri: string][] = [
    ['another scheme', `tox:${text}`],
    ['a scheme in capitals', `TOX-CELL:${text}`],
    ['padding', `${cellUri(1, stretched('token', 25), cells)}=`],
    ['a character that is not of base64url', `tox-cell:+${text.slice(1)}`],
    ['version 2', cellUri(2, token, cells)],
    ['a token of 15 bytes', cellUri(1, stretched('token', 15), cells)],
    ['a token of 65 bytes', cellUri(1, stretched('token', 65), cells)],
    ['no cell', cellUri(1, token, [])],
    ['a collector with a wrong checksum', cellUri(1, token, [{ collector: wrongSum(one), nodes: [] }])],
    ['a node with a wrong checksum', cellUri(1, token, [{ collector: one, nodes: [wrongSum(two)] }])],
    ['a collector in two cells', cellUri(1, token, [...cells, { collector: otherNospam, nodes: [] }])],
    ['one byte short', cut(bytes.length - 1)],
    ['one byte long', `tox-cell:${Buffer.concat([bytes, Buffer.alloc(1)]).toString('base64url')}`],
    ['nothing after the token', cut(2 + token.length)],
  ];
  const request = joinRequest(token, R.public);
  const requests: [why: string, request: string][] = [
    ['of another device', joinRequest(token, S.public)],
    ['by another token', joinRequest(digest('another token').slice(0, 24), R.public)],
    ['without the prefix', request.slice('join:'.length)],
    ['with a prefix in capitals', `JOIN:${request.slice('join:'.length)}`],
    ['one character short', request.slice(0, -1)],
    ['one character long', `${request}A`],
    ['with padding', `${request}==`],
    ['with a space before it', ` ${request}`],
    ['nothing after the prefix', 'join:'],
  ];
  return [
    ...uris.map(([why, uri]) => ({ why: `cell URI: ${why}`, code: 'dropped', uri })),
    ...requests.map(([why, text]) => ({
      why: `join request: ${why}`,
      code: 'dropped',
      token: toHex(token),
      device: toHex(R.public),
      request: text,
    })),
  ];
}
