/**
 * Many packets as one piece of memory, between the parent process and its child: each has its length in two bytes,
 * big-endian, before it. Handing over one array costs a fraction of handing over hundreds.
 */
const LENGTH_BYTES = 2;

/** @param packets each of at most 65,535 bytes; copied */
export function packPackets(packets: readonly Uint8Array[]): Uint8Array {
  const size = packets.reduce((sum, { length }) => sum + LENGTH_BYTES + length, 0);
  const packed = new Uint8Array(size);
  let at = 0;
  for (const packet of packets) {
    packed[at] = packet.length >>> 8;
    packed[at + 1] = packet.length;
    packed.set(packet, at + LENGTH_BYTES);
    at += LENGTH_BYTES + packet.length;
  }
  return packed;
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
