import assert from 'node:assert/strict';
import { hex, toHex } from './support/reference/bytes';
import { cellUri, chosenCollector, joinRequest, readCellUri } from './support/reference/cell';
import { readVectors } from './support/vector-files';

describe('The vectors of cells', () => {
  const vectors = readVectors('cell');

  it('have one cell and several, all lengths of a token, and every collector chosen', () => {
    assert.deepEqual([...new Set(vectors.map(({ token }) => token.length / 2))].sort(), [16, 24, 64]);
    const several = vectors.filter(({ cells }) => cells.length === 3);
    assert.ok(several.length < vectors.length);
    assert.ok(new Set(several.map(({ chosen }) => chosen)).size >= 2, 'not always the same one');
  });

  vectors.forEach((v, i) => {
    it(`${i} is made of the same bytes by the reference, which chooses and asks alike`, () => {
      const cells = v.cells.map(({ collector, nodes }) => ({ collector, nodes: [...nodes] }));
      assert.equal(cellUri(1, hex(v.token), cells), v.uri);
      const read = readCellUri(v.uri);
      assert.deepEqual(read && { token: toHex(read.token), cells: read.cells }, { token: v.token, cells });
      assert.equal(chosenCollector(hex(v.device), cells), v.chosen);
      assert.equal(joinRequest(hex(v.token), hex(v.device)), v.request);
    });
  });
});
