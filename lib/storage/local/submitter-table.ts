import { CHUNK_ENVELOPE_BYTES } from '../../protocol/envelope/envelope';
import type { MailUsage } from '../message-engine';
import { NameTable, viewOf } from './name-table';
import { doubled } from './ordinal-table';

const SMALLEST = 64;

/** What each submitter has stored, by its mark. */
export class SubmitterTable {
  readonly #names = new NameTable();
  #messages = new Uint32Array(SMALLEST);
  #bytes = new Float64Array(SMALLEST);
  #chunks = new Uint32Array(SMALLEST);

  /** 0 when nothing of it is stored. */
  find(submitter: Uint8Array): number {
    return this.#names.find(viewOf(submitter), 0);
  }

  usageOf(submitter: Uint8Array): MailUsage {
    const ordinal = this.find(submitter);
    return { messages: this.#messages[ordinal] ?? 0, bytes: this.#bytes[ordinal] ?? 0 };
  }

  /** How many of its messages have CHUNK_ENVELOPE_BYTES. */
  chunksOf(submitter: Uint8Array): number {
    return this.#chunks[this.find(submitter)] ?? 0;
  }

  /** Counts one more message of `size` bytes; gives the ordinal of the submitter, whose mark begins at `from`. */
  add(view: DataView, from: number, size: number): number {
    const ordinal = this.#names.add(view, from);
    if (ordinal >= this.#messages.length) {
      this.#messages = doubled(this.#messages);
      this.#bytes = doubled(this.#bytes);
      this.#chunks = doubled(this.#chunks);
    }
    this.#count(ordinal, size, 1);
    return ordinal;
  }

  /** Counts one fewer, and forgets the submitter with its last. */
  remove(ordinal: number, bytes: number): void {
    this.#count(ordinal, bytes, -1);
    if (this.#messages[ordinal] === 0) this.#names.remove(ordinal);
  }

  #count(ordinal: number, bytes: number, by: 1 | -1): void {
    this.#messages[ordinal] = (this.#messages[ordinal] ?? 0) + by;
    this.#bytes[ordinal] = (this.#bytes[ordinal] ?? 0) + by * bytes;
    if (bytes === CHUNK_ENVELOPE_BYTES) this.#chunks[ordinal] = (this.#chunks[ordinal] ?? 0) + by;
  }
}
