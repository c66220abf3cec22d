import { concat, sameBytes, utf8 } from '../../lib/bytes';

/**
 * The parts p1, ..., pn of H(label, p1, ..., pn) out of what is given to SHA-256 (docs/PROTOCOL.md, "Notation"); undefined
 * when it is the input of another label. Who watches a provider sees secrets there that no other call shows.
 */
export function labelledParts(label: string, input: Uint8Array): Uint8Array[] | undefined {
  const name = utf8(`tox-async/1/${label}`);
  const start = concat(new Uint8Array([name.length]), name);
  if (!sameBytes(input.subarray(0, start.length), start)) return undefined;
  const parts: Uint8Array[] = [];
  for (let at = start.length; at < input.length;) {
    const length = (input[at] ?? 0) * 256 + (input[at + 1] ?? 0);
    parts.push(input.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return parts;
}
