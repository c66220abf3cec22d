import { H, hmacSha256, isAcceptable, join, publicOf, readUint, same, uint, X } from './bytes';

export interface ExchangeFields {
  batch: number;
  valid: number;
  timestamp: number;
  seed: Uint8Array;
  keys: readonly (readonly [index: number, publicKey: Uint8Array])[];
}

const MAX_VALID = 2_592_000;
const macKey = (secret: Uint8Array, peer: Uint8Array, from: Uint8Array, to: Uint8Array) =>
  H('exchange-mac', X(secret, peer), from, to);

/** @param head in place of version and flags */
export function makeExchange(
  fromSecret: Uint8Array,
  to: Uint8Array,
  { batch, valid, timestamp, seed, keys }: ExchangeFields,
  head = [1, 0],
): Uint8Array {
  const from = publicOf(fromSecret);
  const list = keys.flatMap(([index, publicKey]) => [uint(index, 1), publicKey]);
  const body = join(
    new Uint8Array(head),
    from,
    to,
    uint(batch, 3),
    uint(valid, 4),
    uint(timestamp, 8),
    seed,
    uint(keys.length, 1),
    ...list,
  );
  return join(body, hmacSha256(macKey(fromSecret, to, from, to), body));
}

/** What a holder with no keys yet says to an exchange that `peer` gave it. */
export function judgeExchange(toSecret: Uint8Array, peer: Uint8Array, exchange: Uint8Array): string {
  const to = publicOf(toSecret);
  const count = exchange[113] ?? 0;
  if (exchange.length !== 114 + 33 * count + 32 || count < 1 || count > 104) return 'malformed';
  if (exchange[0] !== 1 || exchange[1] !== 0) return 'malformed';
  const valid = readUint(exchange, 69, 4);
  if (readUint(exchange, 66, 3) === 0 || valid < 1 || valid > MAX_VALID) return 'malformed';
  const keys = Array.from({ length: count }, (_, i) => {
    const entry = exchange.slice(114 + 33 * i, 114 + 33 * (i + 1));
    return { index: entry[0] ?? 0, publicKey: entry.slice(1) };
  });
  if (keys.some(({ index }, i) => index > 104 || index <= (keys[i - 1]?.index ?? 0))) return 'malformed';
  const from = exchange.slice(2, 34);
  if (!same(exchange.slice(34, 66), to) || same(from, to) || !same(from, peer)) return 'not-yours';
  const mac = hmacSha256(macKey(toSecret, from, from, to), exchange.slice(0, -32));
  if (!isAcceptable(from) || !same(mac, exchange.slice(-32))) return 'bad-mac';
  const distinct = keys.every(
    ({ publicKey }, i) => !keys.slice(0, i).some((earlier) => same(earlier.publicKey, publicKey)),
  );
  const usable = keys.every(({ publicKey }) => isAcceptable(publicKey, to, from));
  return distinct && usable ? 'ok' : 'malformed';
}
