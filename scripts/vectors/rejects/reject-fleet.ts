import { hex, join, toHex, uint } from '../../../test/lib/vectors/support/reference/bytes';
import { certificateOf } from '../../../test/lib/vectors/support/reference/fleet';
import type { RejectVector } from '../../../test/lib/vectors/support/vector-files';
import { digest, R, S } from '../cast';

const CLAIMS = { serial: 7, valid: 604_800, replicas: 2 };

/** Certificates that a reader does not take; each differs from a good one in one thing. */
export function rejectedCertificates(): RejectVector[] {
  const seed = digest('fleet');
  const good = certificateOf(seed, R.public, CLAIMS);
  const with_ = (at: number, ...bytes: Uint8Array[]) => {
    const part = join(...bytes);
    return join(good.slice(0, at), part, good.slice(at + part.length));
  };
  const cases: [why: string, certificate: Uint8Array, before?: Uint8Array][] = [
    ['of another node', certificateOf(seed, S.public, CLAIMS)],
    [
      'signed by another fleet',
      with_(41, certificateOf(digest('another fleet'), R.public, CLAIMS).slice(41)),
    ],
    [
      'another fleet key than that which signed',
      with_(0, certificateOf(digest('another fleet'), R.public, CLAIMS).slice(0, 32)),
    ],
    ['a serial that is not signed', with_(32, uint(8, 4))],
    ['a time that is not signed', with_(36, uint(604_799, 4))],
    ['replicas that are not signed', with_(40, uint(3, 1))],
    ['one bit of the signature', with_(104, uint((good[104] ?? 0) ^ 1, 1))],
    ['valid for no time', certificateOf(seed, R.public, { ...CLAIMS, valid: 0 })],
    ['valid for a second more than a week', certificateOf(seed, R.public, { ...CLAIMS, valid: 604_801 })],
    ['one byte short', good.slice(0, -1)],
    ['one byte long', join(good, hex('00'))],
    ['a lower serial than one that was seen', certificateOf(seed, R.public, { ...CLAIMS, serial: 6 }), good],
  ];
  return cases.map(([why, certificate, before]) => ({
    why: `certificate: ${why}`,
    code: 'dropped',
    node: toHex(R.public),
    certificate: toHex(certificate),
    ...(before !== undefined && { before: toHex(before) }),
  }));
}
