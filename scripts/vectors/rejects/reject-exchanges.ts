import { join, publicOf, toHex } from '../../../test/lib/vectors/support/reference/bytes';
import { makeExchange, type ExchangeFields } from '../../../test/lib/vectors/support/reference/exchange';
import type { RejectVector } from '../../../test/lib/vectors/support/vector-files';
import { BAD_POINTS, digest, P, R, S } from '../cast';

type Keys = ExchangeFields['keys'];

/** An exchange from S that R gets in a session with S, with one thing changed. */
export function rejectedExchanges(): RejectVector[] {
  const another = publicOf(digest('another key'));
  const fields: ExchangeFields = {
    batch: 0x010203,
    valid: 2_592_000,
    timestamp: 1_764_000_000,
    seed: digest('seed'),
    keys: [
      [1, P.public],
      [2, another],
    ],
  };
  const made = (change: Partial<ExchangeFields>, head?: number[]) =>
    makeExchange(S.secret, R.public, { ...fields, ...change }, head);
  const withKey = (publicKey: Uint8Array) => made({ keys: [...fields.keys, [3, publicKey]] });
  const many: Keys = Array.from({ length: 105 }, (_, i) => [i + 1, publicOf(digest(`key ${i + 1}`))]);
  const good = made({});
  const stranger = digest('a stranger');
  const cases: [code: string, why: string, exchange: Uint8Array][] = [
    ['malformed', 'no byte at all', new Uint8Array(0)],
    ['malformed', 'one byte short', good.slice(0, -1)],
    ['malformed', 'one byte long', join(good, new Uint8Array(1))],
    ['malformed', 'version 2', made({}, [2, 0])],
    ['malformed', 'a flag', made({}, [1, 1])],
    ['malformed', 'batch 0', made({ batch: 0 })],
    ['malformed', 'valid for no time', made({ valid: 0 })],
    ['malformed', 'valid for over 30 days', made({ valid: 2_592_001 })],
    ['malformed', 'no keys', made({ keys: [] })],
    ['malformed', '105 keys', made({ keys: many })],
    ['malformed', 'index 0', made({ keys: [[0, P.public]] })],
    ['malformed', 'index 105', made({ keys: [[105, P.public]] })],
    [
      'malformed',
      'indexes that fall',
      made({
        keys: [
          [2, P.public],
          [1, another],
        ],
      }),
    ],
    [
      'malformed',
      'an index twice',
      made({
        keys: [
          [1, P.public],
          [1, another],
        ],
      }),
    ],
    ['malformed', 'a key twice', withKey(P.public)],
    ...BAD_POINTS.map(([why, point]): [string, string, Uint8Array] => [
      'malformed',
      `a key: ${why}`,
      withKey(point),
    ]),
    ['malformed', "a key: the owner's identity", withKey(S.public)],
    ['malformed', "a key: the holder's identity", withKey(R.public)],
    ['not-yours', 'for somebody else', makeExchange(S.secret, publicOf(stranger), fields)],
    ['not-yours', 'from somebody else than the peer', makeExchange(stranger, R.public, fields)],
    ['not-yours', 'from the holder itself', makeExchange(R.secret, R.public, fields)],
    ['malformed', 'no seed', withoutSeed(good)],
    ['bad-mac', 'another seed', good.map((byte, i) => (i === 81 ? byte ^ 1 : byte))],
    ['bad-mac', 'a key exchanged for another', good.map((byte, i) => (i === 115 ? byte ^ 1 : byte))],
    ['bad-mac', 'last bit of the MAC', good.map((byte, i) => (i === good.length - 1 ? byte ^ 1 : byte))],
    ['bad-mac', 'another time', join(good.slice(0, 80), new Uint8Array([good[80]! ^ 1]), good.slice(81))],
  ];
  return cases.map(([code, why, exchange]) => ({
    why: `exchange: ${why}`,
    code,
    from: toHex(S.public),
    toSecret: toHex(R.secret),
    exchange: toHex(exchange),
  }));
}

/** The exchange of a page that had no seed yet. */
function withoutSeed(exchange: Uint8Array): Uint8Array {
  return join(exchange.slice(0, 81), exchange.slice(113));
}
