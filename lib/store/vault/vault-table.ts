import type { SlotRef } from './secret-vault';
import type { VaultFile } from './vault-file';
import { readSecretSlot, sealedIn, type SlotCipher, writeSecretSlot } from './vault-slots';

/**
 * `found`: it held a secret when the vault was opened; `damaged`: it held something else. `prepared`: durable
 * and not handed out. `dead`: to be overwritten.
 */
type SlotState = 'header' | 'free' | 'found' | 'damaged' | 'prepared' | 'used' | 'dead';

/** What each slot of the vault is for, in memory: only VaultFile's `write` makes a change of it durable. */
export class VaultTable {
  /** The highest serial that was in the file when it was opened. */
  readonly highestSerial: number;
  readonly #file: VaultFile;
  readonly #seal: SlotCipher;
  readonly #states: SlotState[] = ['header'];
  /** Of the secrets that slots hold; 0 where they hold none. */
  readonly #serials: number[] = [0];
  readonly #free: number[] = [];

  constructor(file: VaultFile, seal: SlotCipher) {
    this.#file = file;
    this.#seal = seal;
    let highest = 0;
    for (let slot = 1; slot < file.slots; slot++) {
      const bytes = file.bytes(slot);
      const held = readSecretSlot(bytes, slot);
      if (held) highest = Math.max(highest, held.serial);
      const state = held ? 'found' : bytes.every((byte) => byte === 0) ? 'free' : 'damaged';
      this.#states.push(state);
      this.#serials.push(held?.serial ?? 0);
      if (state === 'free') this.#free.push(slot);
    }
    this.highestSerial = highest;
  }

  /** True while `ref` names what its slot holds, unless that was not handed out. */
  holds(ref: SlotRef): boolean {
    const state = this.#states[ref.slot];
    if (state !== 'found' && state !== 'used') return false;
    return this.#serials[ref.slot] === ref.serial;
  }

  /** A copy of the secret, or undefined. */
  read(ref: SlotRef): Uint8Array | undefined {
    if (!this.holds(ref)) return undefined;
    // What was damaged on the disk holds none.
    return this.#seal.open(ref.slot, ref.serial, sealedIn(this.#file.bytes(ref.slot)));
  }

  /** Slots for `count` secrets, from the beginning of the file as far as there are any. */
  takeFree(count: number): number[] {
    this.#free.sort((a, b) => a - b);
    const slots = this.#free.splice(0, count);
    const first = this.#file.slots;
    this.#file.extend(count - slots.length);
    for (let slot = first; slot < this.#file.slots; slot++) slots.push(slot);
    return slots;
  }

  /** Puts a secret into a slot that was taken. */
  fill(ref: SlotRef, secret: Uint8Array): void {
    const sealed = this.#seal.seal(ref.slot, ref.serial, secret);
    writeSecretSlot(this.#file.bytes(ref.slot), ref.slot, ref.serial, sealed);
    sealed.fill(0);
    this.#states[ref.slot] = 'prepared';
    this.#serials[ref.slot] = ref.serial;
  }

  handOut(ref: SlotRef): void {
    this.#states[ref.slot] = 'used';
  }

  /** The slot's content is gone from memory, and from the disk with its next write. */
  clear(slot: number): void {
    this.#states[slot] = 'dead';
    this.#serials[slot] = 0;
    this.#file.wipe(slot);
  }

  /** For cleared slots. */
  release(slots: readonly number[]): void {
    for (const slot of slots) {
      this.#states[slot] = 'free';
      this.#free.push(slot);
    }
  }

  /** Of the slots that the last run left: keeps those in `live` and clears and gives the others. */
  clearOrphans(live: Iterable<SlotRef>): number[] {
    for (const ref of live) {
      if (this.holds(ref)) this.#states[ref.slot] = 'used';
    }
    const orphans: number[] = [];
    this.#states.forEach((state, slot) => {
      if (state !== 'found' && state !== 'damaged') return;
      this.clear(slot);
      orphans.push(slot);
    });
    return orphans;
  }
}
