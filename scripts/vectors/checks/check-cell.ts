import { toHex } from '../../../lib/bytes';
import { formatCellUri, parseCellUri } from '../../../lib/cells/cell-uri';
import { joinRequests } from '../../../lib/cells/collector-choice';
import { provesToken } from '../../../lib/cells/join-token';
import type { CryptoProvider } from '../../../lib/crypto/provider';
import { ToxAsyncError } from '../../../lib/errors';
import { Mismatch, mustEqual, type Fields } from '../fields';

/** An invitation is read and written again; then a device chooses its collector and proves the token. */
export function checkCell(crypto: CryptoProvider, v: Fields): void {
  const uri = v.text('uri');
  const invitation = parseCellUri(uri);
  v.mustBe('token', invitation.token);
  mustEqual('the cells', invitation.cells, v.list('cells'));
  mustEqual('the URI', formatCellUri(invitation), uri);
  const device = v.bytes('device', 32);
  const [asked] = joinRequests(crypto, device, invitation);
  mustEqual('the collector', asked?.toxId, v.text('chosen'));
  mustEqual('the request', asked?.text, v.text('request'));
  if (!joins(crypto, v)) throw new Mismatch(`the request of ${toHex(device)} does not prove the token`);
}

/** Whether the request proves the token. */
export function joins(crypto: CryptoProvider, v: Fields): boolean {
  const tokens = [{ token: v.bytes('token') }];
  return provesToken(crypto, v.text('request'), v.bytes('device', 32), tokens, 0);
}

/** Whether a device takes the URI. */
export function takesUri(v: Fields): boolean {
  try {
    return parseCellUri(v.text('uri')).cells.length > 0;
  } catch (error) {
    if (ToxAsyncError.is(error, 'ErrInvalidToxId')) return false;
    throw error;
  }
}
