import { toHex } from '../../lib/bytes';
import { formatCellUri } from '../../lib/cells/cell-uri';
import { joinRequests } from '../../lib/cells/collector-choice';
import type { CryptoProvider } from '../../lib/crypto/provider';
import { formatToxId } from '../../lib/identity/tox-id';
import type { CellVector } from '../../test/lib/vectors/support/vector-files';
import { digest, stretched } from './cast';

/** Invitations of one cell and of several, with tokens of every length, and devices that join them. */
export function makeCells(crypto: CryptoProvider): CellVector[] {
  const keyOf = (name: string) => crypto.keyPairFromSecret(digest(name)).publicKey;
  const idOf = (name: string) => formatToxId(keyOf(name), digest(`${name}: nospam`).slice(0, 4));
  const cell = (name: string, nodes: number) => ({
    collector: idOf(`collector ${name}`),
    nodes: Array.from({ length: nodes }, (_, n) => idOf(`node ${n} of ${name}`)),
  });
  const three = [cell('one', 2), cell('two', 2), cell('three', 0)];
  const cases = [
    { token: 24, cells: [cell('one', 2)], device: 'device' },
    ...['device 1', 'device 2', 'device 3', 'device 4'].map((device) => ({
      token: 16,
      cells: three,
      device,
    })),
    { token: 64, cells: [cell('one', 0)], device: 'device' },
  ];
  return cases.map(({ token: length, cells, device }) => {
    const token = stretched('token', length);
    const [asked] = joinRequests(crypto, keyOf(device), { token, cells });
    if (asked === undefined) throw new TypeError('There is a cell.');
    return {
      token: toHex(token),
      cells,
      uri: formatCellUri({ token, cells }),
      device: toHex(keyOf(device)),
      chosen: asked.toxId,
      request: asked.text,
    };
  });
}
