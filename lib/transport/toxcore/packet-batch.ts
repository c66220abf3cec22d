/**
 * Many packets as one piece of memory, between the parent process and its child: each has its length in two bytes,
 * big-endian, before it. Handing over one array costs a fraction of handing over hundreds.
 */
const LENGTH_BYTES = 2;
/** Room that a batch begins with. */
const FIRST_BYTES = 2048;
/**
 * Memory of batches that have left, for the next ones: that of each would lie about until V8 looks for garbage, which it
 * does after 32 MB of it.
 */
const SPARE: Uint8Array[] = [];
const MOST_SPARE = 4;

/** Takes packets one by one: the memory of each alone would cost more than the packet. */
export class PacketBatch {
  #memory: Uint8Array;
  #length = 0;

  /** @param bytes how many are to be expected */
  constructor(bytes = 0) {
    this.#memory = new Uint8Array(bytes);
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** @param packet of at most 65,535 bytes; copied */
  add(packet: Uint8Array): void {
    const at = this.#length;
    this.#reserve(LENGTH_BYTES + packet.length);
    this.#memory[at] = packet.length >>> 8;
    this.#memory[at + 1] = packet.length;
    this.#memory.set(packet, at + LENGTH_BYTES);
  }

  /** What was added since the last time; nobody else has its memory. */
  take(): Uint8Array {
    const packed = this.#memory.subarray(0, this.#length);
    this.#memory = new Uint8Array();
    this.#length = 0;
    return packed;
  }

  #reserve(room: number): void {
    const needed = this.#length + room;
    if (needed > this.#memory.length) {
      const size = Math.max(needed, 2 * this.#memory.length, FIRST_BYTES);
      const spare = this.#length === 0 ? SPARE.pop() : undefined;
      const larger = spare !== undefined && spare.length >= needed ? spare : new Uint8Array(size);
      larger.set(this.#memory.subarray(0, this.#length));
      this.#memory = larger;
    }
    this.#length = needed;
  }
}

/** @param packed what a batch gave; nobody looks at it any more */
export function reuse({ buffer }: Uint8Array): void {
  if (SPARE.length < MOST_SPARE) SPARE.push(new Uint8Array(buffer));
}

/** @param packets each of at most 65,535 bytes; copied */
export function packPackets(packets: readonly Uint8Array[]): Uint8Array {
  const batch = new PacketBatch(packets.reduce((sum, { length }) => sum + LENGTH_BYTES + length, 0));
  for (const packet of packets) batch.add(packet);
  return batch.take();
}

/** Parts of `packed`, not copies. @throws RangeError when they are not what `packPackets` makes */
export function unpackPackets(packed: Uint8Array): Uint8Array[] {
  const packets: Uint8Array[] = [];
  let at = 0;
  while (at < packed.length) {
    const length = ((packed[at] ?? 0) << 8) | (packed[at + 1] ?? 0);
    const end = at + LENGTH_BYTES + length;
    if (end > packed.length) throw new RangeError('A batch of packets is cut off.');
    packets.push(packed.subarray(at + LENGTH_BYTES, end));
    at = end;
  }
  return packets;
}
