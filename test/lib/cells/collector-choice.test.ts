import assert from 'node:assert/strict';
import { concat, toHex, utf8 } from '../../../lib/bytes';
import { chooseCell, joinRequests } from '../../../lib/cells/collector-choice';
import { joinText } from '../../../lib/cells/join-token';
import { createPortableProvider } from '../../../lib/crypto/providers/portable';
import { formatToxId, parseToxId } from '../../../lib/identity/tox-id';

const crypto = createPortableProvider();
const keyOf = (name: string) => crypto.keyPairFromSecret(crypto.sha256(utf8(name))).publicKey;
const toxId = (name: string) => formatToxId(keyOf(name), new Uint8Array(4));
const cells = ['a', 'b', 'c', 'd'].map((name) => ({
  collector: toxId(`collector ${name}`),
  nodes: [toxId(`${name} 1`), toxId(`${name} 2`)],
}));
const devices = Array.from({ length: 400 }, (_, i) => keyOf(`device ${i}`));

describe('the cell of a device', () => {
  it('is that of the highest hash of both keys, in whatever order they stand', () => {
    for (const device of devices.slice(0, 40)) {
      const hashes = cells.map(({ collector }) =>
        toHex(crypto.sha256(concat(device, parseToxId(collector).publicKey))),
      );
      const best = cells[hashes.indexOf(hashes.toSorted().at(-1)!)];
      assert.equal(chooseCell(crypto, device, cells), best);
      assert.equal(chooseCell(crypto, device, cells.toReversed()), best);
    }
    assert.equal(chooseCell(crypto, devices[0]!, []), undefined);
  });

  it('spreads devices evenly', () => {
    for (const cell of cells) {
      const own = devices.filter((device) => chooseCell(crypto, device, cells) === cell).length;
      assert.ok(own > 75 && own < 125, String(own));
    }
  });

  it('stays the same when another cell goes', () => {
    const [gone, ...left] = cells;
    for (const device of devices) {
      const before = chooseCell(crypto, device, cells);
      if (before !== gone) assert.equal(chooseCell(crypto, device, left), before);
    }
  });

  it('is asked by the proof of the token: the collector first, then its nodes', () => {
    const [device] = devices;
    const token = crypto.sha256(utf8('token'));
    const cell = chooseCell(crypto, device!, cells)!;
    const text = joinText(crypto, token, device!);
    assert.deepEqual(joinRequests(crypto, device!, { token, cells }), [
      { toxId: cell.collector, name: 'collector', text },
      { toxId: cell.nodes[0], name: 'node-1', text },
      { toxId: cell.nodes[1], name: 'node-2', text },
    ]);
  });
});
