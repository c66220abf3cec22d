import assert from 'node:assert/strict';
import { ToxAsyncError } from '../../../../lib/errors';
import { randomFraction } from '../../../../lib/platform/random';
import { SeededRandom } from '../../../../lib/testing/simulated-platform';
import type { FileVault } from '../../../../lib/store/vault/file-vault';
import type { SlotRef, VaultSecret } from '../../../../lib/store/vault/secret-vault';
import { readSequence, sequenceKey, Table } from '../../../../lib/store/table';
import { VaultBench } from '../support/vault-bench';

/** A user of the vault that names its secrets in the Store, as the outbox and the key stores do. */
class Owner {
  /** Every secret ever handed out, by serial. */
  readonly secrets = new Map<number, VaultSecret>();
  /** Serials whose erasure committed. */
  readonly erased = new Set<number>();

  constructor(
    readonly bench: VaultBench,
    readonly random: SeededRandom,
  ) {}

  /** What committed batches name. */
  named(): SlotRef[] {
    const entries = this.#table().entries();
    return Array.from(entries, ({ rest, record }) => ({ slot: record.slot, serial: readSequence(rest) }));
  }

  /** Uses the vault at random, several things at a time, until something fails. */
  async work(vault: FileVault): Promise<void> {
    for (let i = 0; i < 6; i++) {
      const tasks = Array.from({ length: this.#below(3) + 1 }, () => this.#task(vault));
      await Promise.all(tasks);
      if (this.#below(4) === 0) await vault.settled();
    }
  }

  async #task(vault: FileVault): Promise<void> {
    const batch = this.bench.store.batch();
    const gone = this.named().filter(() => this.#below(3) === 0);
    const made = await vault.allocate(this.#below(7));
    for (const secret of made) {
      assert.ok(!this.secrets.has(secret.ref.serial), 'a serial was used twice');
      this.secrets.set(secret.ref.serial, secret);
    }
    const discarded = made.splice(0, this.#below(2));
    vault.discard(discarded.map(({ ref }) => ref));
    for (const { ref } of made) this.#table().put(batch, [sequenceKey(ref.serial)], { slot: ref.slot });
    for (const { serial } of gone) this.#table().delete(batch, [sequenceKey(serial)]);
    vault.erase(batch, gone);
    batch.afterCommit(() => gone.forEach(({ serial }) => this.erased.add(serial)));
    await batch.commit();
  }

  #table(): Table<{ readonly slot: number }> {
    return new Table(this.bench.store, 'named');
  }

  #below(n: number): number {
    return Math.floor(randomFraction(this.random) * n);
  }
}

async function microtasks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}

/** What a test gets that looks at the disk itself while the power goes off. */
function isPowerCut(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EIO';
}

describe('the vault after the process or the power ends at any moment', () => {
  it('has every secret that a committed batch names and none that was erased', async () => {
    let cuts = 0;
    for (let seed = 0; seed < 60; seed++) {
      const bench = new VaultBench(seed);
      const random = new SeededRandom(`cut ${seed}`);
      const owner = new Owner(bench, random);
      for (let round = 0; round < 4; round++) {
        const moment = Math.floor(randomFraction(random) * 400);
        const dead = new AbortController();
        const run = bench.open({ prepared: 4 }).then(async (vault) => {
          const end = () => void vault.close().catch(() => undefined);
          if (dead.signal.aborted) end();
          dead.signal.addEventListener('abort', end);
          const named = owner.named();
          for (const ref of named) assert.deepEqual(vault.read(ref), owner.secrets.get(ref.serial)?.secret);
          for (const serial of owner.erased) {
            const ref = owner.secrets.get(serial)?.ref;
            assert.equal(ref && vault.read(ref), undefined);
          }
          await vault.retainOnly(named);
          const file = await bench.file();
          const live = new Set(named.map(({ serial }) => serial));
          for (const [serial, { secret }] of owner.secrets) {
            assert.equal(file.includes(Buffer.from(secret)), live.has(serial));
          }
          await owner.work(vault);
          await vault.settled();
        });
        const ended = run.catch((error: unknown) => {
          if (!ToxAsyncError.is(error, 'ErrClosed', 'ErrStore') && !isPowerCut(error)) throw error;
          cuts += 1;
        });
        await microtasks(moment);
        if (randomFraction(random) < 0.5) bench.crash(random);
        else bench.kill(random);
        dead.abort();
        await ended;
        assert.ok(!bench.warnings.some((text) => text.includes('are lost')));
      }
    }
    assert.ok(cuts > 100, `only ${cuts} cuts met the vault at work`);
  });
});
