import assert from 'node:assert/strict';
import { type Erasure, type EraseRound, VaultEraser } from '../../../../lib/store/vault/vault-eraser';
import { silentLogger } from '../../../../lib/types';

const erasure = (slot: number): Erasure => ({ ref: { slot, serial: slot }, overwrite: true, marked: true });
const turn = () => new Promise((resolve) => setImmediate(resolve));
const at = (delay: (run: () => void) => void) => ({
  after: (_ms: number, run: () => void) => {
    delay(run);
    return { cancel: () => undefined };
  },
});

describe('the erasing of secrets', () => {
  it('is settled when they are overwritten, and does not wait for their marks', async () => {
    let unmark: () => void = () => undefined;
    const round: EraseRound = (_erasures, onErased) => {
      onErased();
      return new Promise<void>((resolve) => (unmark = resolve));
    };
    const eraser = new VaultEraser(round, at(setImmediate), silentLogger);
    eraser.add([erasure(1)]);
    await eraser.settled();
    eraser.add([erasure(2)]);
    let settled = false;
    const second = eraser.settled().then(() => (settled = true));
    await turn();
    assert.equal(settled, false, 'the second waits for its own round');
    unmark();
    await second;
    unmark();
    await eraser.close();
  });

  it('begins again with all of a round whose marks could not go', async () => {
    const rounds: number[][] = [];
    let fails = true;
    const round: EraseRound = async (erasures, onErased) => {
      rounds.push(erasures.map(({ ref }) => ref.slot));
      onErased();
      if (fails) throw new Error('full');
    };
    const again: (() => void)[] = [];
    const eraser = new VaultEraser(
      round,
      at((run) => again.push(run)),
      silentLogger,
    );
    eraser.add([erasure(1)]);
    await eraser.settled();
    await turn();
    eraser.add([erasure(2)]);
    let settled = false;
    const both = eraser.settled().then(() => (settled = true));
    await turn();
    assert.equal(settled, false);
    fails = false;
    again.forEach((run) => run());
    await both;
    assert.deepEqual(rounds, [[1], [1, 2]]);
    await eraser.close();
  });
});
