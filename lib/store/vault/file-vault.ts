import { sameBytes } from '../../bytes';
import type { CryptoProvider } from '../../crypto/provider';
import { ToxAsyncError } from '../../errors';
import type { Disk } from '../../platform/disk';
import type { Random } from '../../platform/random';
import { SerialQueue } from '../../platform/queues/serial-queue';
import type { Timers } from '../../platform/timers';
import { type Logger, silentLogger } from '../../types';
import type { SecretVault, SlotRef, VaultSecret } from './secret-vault';
import type { Store, WriteBatch } from '../store';
import { storeError } from '../store-errors';
import { type Erasure, VaultEraser } from './vault-eraser';
import type { VaultFile } from './vault-file';
import { SerialNumbers, VaultRecords } from './vault-records';
import { openVaultFile } from './vault-reseal';
import { plainSlots, SECRET_BYTES, type SlotCipher } from './vault-slots';
import { VaultTable } from './vault-table';

export interface VaultOptions {
  readonly disk: Disk;
  /** The vault's file; its folder exists. */
  readonly path: string;
  /** Holds the vault's dead marks; must be the store whose batches name its slots. */
  readonly store: Store;
  readonly random: Random;
  readonly crypto: CryptoProvider;
  readonly timers: Timers;
  readonly log?: Logger;
  /** Secrets kept ready on the disk, so that `allocate` need not wait for it (default 256). */
  readonly prepared?: number;
  /** How secrets lie in their slots (default as they are); a vault that was not sealed so far becomes so. */
  readonly seal?: SlotCipher;
  /** Called when the disk had no space. */
  readonly onFull?: () => void;
}

export interface FileVault extends SecretVault {
  /** True when the file was missing, foreign or cut short although slots of it may be named in the Store. */
  readonly lost: boolean;
}

const PREPARED = 256;

/**
 * Opens the vault, or makes it; what was marked dead is overwritten before it resolves.
 * @throws ErrLocalStorageFull, ErrStore, ErrPassphrase (it is sealed, and no `seal` is given)
 */
export async function openVault(options: VaultOptions): Promise<FileVault> {
  const { seal = plainSlots } = options;
  const records = new VaultRecords(options.store);
  const record = records.load();
  let file: VaultFile;
  try {
    file = await openVaultFile({ ...options, seal }, record?.id);
  } catch (error) {
    throw storeError(error);
  }
  const lost = record !== undefined && !(sameBytes(file.id, record.id) && file.slots >= record.slots);
  if (lost) {
    options.log?.warn(
      `The vault ${options.path} was missing, truncated or not a vault: its one-time secrets are lost. ` +
        'Friends get new keys when you are next online together; received messages not handed over yet may be unreadable.',
    );
  }
  const vault = new OpenVault({ ...options, seal }, records, file, lost, record?.serialLimit ?? 1);
  await vault.eraseMarked();
  vault.refill();
  return vault;
}

class OpenVault implements FileVault {
  readonly lost: boolean;
  readonly #o: VaultOptions;
  readonly #log: Logger;
  readonly #records: VaultRecords;
  readonly #file: VaultFile;
  readonly #table: VaultTable;
  readonly #serials: SerialNumbers;
  readonly #eraser: VaultEraser;
  /** Everything that writes to the file, one task at a time. */
  readonly #writes = new SerialQueue();
  readonly #prepared: SlotRef[] = [];
  readonly #wanted: number;
  #refilling = false;
  #closing: Promise<void> | undefined;

  constructor(
    o: VaultOptions & { seal: SlotCipher },
    records: VaultRecords,
    file: VaultFile,
    lost: boolean,
    serialLimit: number,
  ) {
    this.lost = lost;
    this.#o = o;
    this.#log = o.log ?? silentLogger;
    this.#records = records;
    this.#file = file;
    this.#table = new VaultTable(file, o.seal);
    this.#wanted = o.prepared ?? PREPARED;
    this.#eraser = new VaultEraser(
      (erasures, onErased) => this.#eraseRound(erasures, onErased),
      o.timers,
      this.#log,
    );
    // A Store that was put back to an earlier day may know a lower limit than the file shows.
    const first = Math.max(serialLimit, this.#table.highestSerial + 1);
    this.#serials = new SerialNumbers(first, (limit) =>
      records.save({ id: file.id, serialLimit: limit, slots: file.writtenSlots }),
    );
  }

  async allocate(count: number): Promise<VaultSecret[]> {
    this.#assertOpen();
    if (!Number.isSafeInteger(count) || count < 0) {
      throw new ToxAsyncError(
        'ErrInvalidArgument',
        'The number of secrets must be a whole number, 0 or more.',
      );
    }
    if (count > this.#prepared.length) {
      return this.#writes.run(async () => {
        const missing = count - this.#prepared.length;
        if (missing > 0) await this.#prepare(missing + this.#wanted);
        return this.#handOut(count);
      });
    }
    const secrets = this.#handOut(count);
    if (this.#prepared.length < this.#wanted / 2) this.refill();
    return secrets;
  }

  read(ref: SlotRef): Uint8Array | undefined {
    this.#assertOpen();
    return this.#table.read(ref);
  }

  erase(batch: WriteBatch, refs: readonly SlotRef[]): void {
    this.#assertOpen();
    const held = refs.filter((ref) => this.#table.holds(ref));
    if (held.length === 0) return;
    for (const ref of held) this.#records.markDead(batch, ref);
    batch.afterCommit(() => this.#bury(held, true));
  }

  discard(refs: readonly SlotRef[]): void {
    this.#assertOpen();
    this.#bury(
      refs.filter((ref) => this.#table.holds(ref)),
      false,
    );
  }

  settled(): Promise<void> {
    return this.#eraser.settled();
  }

  async retainOnly(live: Iterable<SlotRef>): Promise<void> {
    this.#assertOpen();
    const orphans = this.#table.clearOrphans(live);
    this.#eraser.add(orphans.map((slot) => ({ ref: { slot, serial: 0 }, overwrite: true, marked: false })));
    await this.#eraser.settled();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** At open: finishes what the last run had marked. Failing that, goes on trying in the background. */
  async eraseMarked(): Promise<void> {
    const erasures = this.#records.deadMarks().map((ref) => this.#toErasure(ref, true));
    try {
      await this.#eraseRound(erasures, () => undefined);
    } catch (error) {
      this.#log.debug(`Leftovers of the last run could not be erased: ${String(error)}`);
      this.#eraser.add(erasures);
    }
  }

  /** Brings the prepared secrets up to their number in the background. */
  refill(): void {
    if (this.#refilling) return;
    this.#refilling = true;
    this.#writes
      .run(() => this.#prepare(this.#closing ? 0 : this.#wanted - this.#prepared.length))
      .catch((error: unknown) => {
        // The next `allocate` that needs more than is prepared tries again, and throws.
        this.#log.debug(`Secrets could not be prepared: ${String(error)}`);
      })
      .finally(() => {
        this.#refilling = false;
      });
  }

  /** Makes `count` secrets durable. Runs only inside a task of `#writes`. */
  async #prepare(count: number): Promise<void> {
    if (count <= 0) return;
    const slots = this.#table.takeFree(count);
    try {
      const serials = await this.#serials.take(count);
      const refs = slots.map((slot, i) => ({ slot, serial: serials[i] ?? 0 }));
      const secrets = this.#o.random.bytes(SECRET_BYTES * count);
      refs.forEach((ref, i) => {
        this.#table.fill(ref, secrets.subarray(i * SECRET_BYTES, (i + 1) * SECRET_BYTES));
      });
      this.#o.crypto.wipe(secrets);
      await this.#file.write(slots);
      this.#prepared.push(...refs);
    } catch (error) {
      // Nobody knows these secrets; what reached the disk of them is overwritten when the slots are used.
      for (const slot of slots) this.#table.clear(slot);
      this.#table.release(slots);
      throw this.#failure(error);
    }
  }

  #handOut(count: number): VaultSecret[] {
    return this.#prepared.splice(0, count).map((ref) => {
      this.#table.handOut(ref);
      const secret = this.#table.read(ref);
      if (!secret) throw new ToxAsyncError('ErrStore', 'A prepared secret is damaged. Restart the session.');
      return { ref, secret };
    });
  }

  /** After the commit, or a discard. A closed vault leaves what is marked to its next start. */
  #bury(refs: readonly SlotRef[], marked: boolean): void {
    if (this.#closing) return;
    this.#eraser.add(refs.map((ref) => this.#toErasure(ref, marked)));
  }

  /** From now on `read` gives nothing for `ref`. Named twice, it is overwritten and set free only once. */
  #toErasure(ref: SlotRef, marked: boolean): Erasure {
    const overwrite = this.#table.holds(ref);
    if (overwrite) this.#table.clear(ref.slot);
    return { ref, overwrite, marked };
  }

  async #eraseRound(erasures: readonly Erasure[], onErased: () => void): Promise<void> {
    const slots = erasures.filter(({ overwrite }) => overwrite).map(({ ref }) => ref.slot);
    try {
      await this.#writes.run(() => this.#file.write(slots));
    } catch (error) {
      throw this.#failure(error);
    }
    onErased();
    await this.#records.deleteMarks(erasures.filter(({ marked }) => marked).map(({ ref }) => ref));
    this.#table.release(slots);
  }

  #failure(cause: unknown): ToxAsyncError {
    const error = storeError(cause);
    if (error.code === 'ErrLocalStorageFull') this.#o.onFull?.();
    return error;
  }

  async #close(): Promise<void> {
    await this.#eraser.close();
    await this.#writes.idle();
    try {
      await this.#file.close();
    } catch (error) {
      throw storeError(error);
    }
  }

  #assertOpen(): void {
    if (this.#closing) throw new ToxAsyncError('ErrClosed', 'The vault is closed. Open it again.');
  }
}
