import { hex, hmacSha256, join, readUint, same, sha256, toHex, uint } from './bytes';

const SCHEME = 'tox-cell:';
const ADDRESS = 38;

/** By Tox IDs. */
export interface Cell {
  collector: string;
  nodes: string[];
}

const urlText = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');

/** Whatever it holds. */
export function cellUri(version: number, token: Uint8Array, cells: readonly Cell[]): string {
  const some = cells.map(({ collector, nodes }) =>
    join(hex(collector), uint(nodes.length, 1), ...nodes.map((node) => hex(node))),
  );
  const start = join(uint(version, 1), uint(token.length, 1), token, uint(cells.length, 1));
  return SCHEME + urlText(join(start, ...some));
}

/** undefined: it is refused. */
export function readCellUri(uri: string): { token: Uint8Array; cells: Cell[] } | undefined {
  const text = uri.slice(SCHEME.length);
  const bytes = new Uint8Array(Buffer.from(text, 'base64url'));
  if (!uri.startsWith(SCHEME) || urlText(bytes) !== text) return undefined;
  let at = 0;
  const faults: string[] = [];
  const take = (length: number) => {
    if (at + length > bytes.length) faults.push('short');
    at += length;
    return bytes.slice(at - length, at);
  };
  const number = () => readUint(take(1), 0, 1);
  const address = () => {
    const digits = take(ADDRESS);
    if (!isAddress(digits)) faults.push('address');
    return toHex(digits).toUpperCase();
  };
  const many = <T>(one: () => T) =>
    Array.from({ length: number() }, () => (faults.length === 0 ? [one()] : [])).flat();
  const version = number();
  const token = take(number());
  const cells = many(() => ({ collector: address(), nodes: many(address) }));
  const keys = new Set(cells.map(({ collector }) => collector.slice(0, 64)));
  const isGood = version === 1 && token.length >= 16 && token.length <= 64;
  const isDistinct = cells.length > 0 && keys.size === cells.length;
  return faults.length === 0 && at === bytes.length && isGood && isDistinct ? { token, cells } : undefined;
}

/** Public key 32, nospam 4, and the XOR of all pairs of bytes before it. */
export function addressOf(key: Uint8Array, nospam: Uint8Array): string {
  const sum = new Uint8Array(2);
  for (const [i, byte] of [...key, ...nospam].entries()) sum[i % 2]! ^= byte;
  return toHex(join(key, nospam, sum)).toUpperCase();
}

function isAddress(bytes: Uint8Array): boolean {
  return (
    bytes.length === ADDRESS &&
    addressOf(bytes.slice(0, 32), bytes.slice(32, 36)) === toHex(bytes).toUpperCase()
  );
}

/** The collector of a device, by its Tox ID. */
export function chosenCollector(device: Uint8Array, cells: readonly Cell[]): string | undefined {
  const score = ({ collector }: Cell) => toHex(sha256(join(device, hex(collector.slice(0, 64)))));
  return [...cells].sort((a, b) => (score(a) < score(b) ? 1 : -1))[0]?.collector;
}

/** The text of a device's friend request. */
export const joinRequest = (token: Uint8Array, device: Uint8Array) =>
  `join:${urlText(hmacSha256(token, device).slice(0, 16))}`;

export const provesToken = (token: Uint8Array, device: Uint8Array, request: string) =>
  same(new TextEncoder().encode(joinRequest(token, device)), new TextEncoder().encode(request));
