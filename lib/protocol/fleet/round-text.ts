import { fromHex, toHex } from '../../bytes';
import { ToxAsyncError } from '../../errors';
import { PeerMap } from '../../peer-map';
import type { PublicKey } from '../../types';
import type { FleetCertificate } from './certificate';
import { certificateText, readCertificateText } from './certificate-codec';

const SECRET = 'secret';
const SECRET_BYTES = 32;
const KEY_BYTES = 32;

/** What the nodes of a fleet are given with each round: the secret that they have in common, and their certificates. */
export interface FleetRound {
  /** 32 bytes; undefined: the text leaves it out, and each node has it from elsewhere. */
  readonly secret: Uint8Array | undefined;
  readonly certificates: PeerMap<FleetCertificate>;
}

/** A round as text: `secret HEX`, then a line for each node, its public key and its certificate. */
export function roundText(
  secret: Uint8Array,
  certificates: Iterable<readonly [PublicKey, FleetCertificate]>,
): string {
  const lines = [...certificates].map(
    ([node, certificate]) => `${toHex(node)} ${certificateText(certificate)}`,
  );
  return [`${SECRET} ${toHex(secret)}`, ...lines, ''].join('\n');
}

/** What `roundText` wrote. @throws ErrInvalidArgument a line that is neither */
export function readRound(text: string): FleetRound {
  let secret: Uint8Array | undefined;
  const certificates = new PeerMap<FleetCertificate>();
  for (const [i, line] of text.split('\n').entries()) {
    const [word = '', value = '', ...rest] = line.trim().split(/\s+/);
    if (word === '') continue;
    if (rest.length > 0) throw badLine(i);
    if (word === SECRET) secret = readFleetSecret(value);
    else certificates.set(bytesOf(word, KEY_BYTES) ?? fail(i), certificateOn(i, value));
  }
  return { secret, certificates };
}

/** The secret of a fleet's nodes, 64 hexadecimal digits. @throws ErrInvalidArgument */
export function readFleetSecret(text: string): Uint8Array {
  const secret = bytesOf(text.trim(), SECRET_BYTES);
  if (secret !== undefined) return secret;
  throw new ToxAsyncError(
    'ErrInvalidArgument',
    'The secret of the fleet must have 64 hexadecimal digits. Copy it from what "tox-async fleet certify" prints.',
  );
}

function certificateOn(line: number, text: string): FleetCertificate {
  try {
    return readCertificateText(text);
  } catch (cause) {
    throw badLine(line, cause);
  }
}

function bytesOf(digits: string, length: number): Uint8Array | undefined {
  const bytes = fromHex(digits);
  return bytes?.length === length ? bytes : undefined;
}

function fail(line: number): never {
  throw badLine(line);
}

function badLine(line: number, cause?: unknown): ToxAsyncError {
  return new ToxAsyncError(
    'ErrInvalidArgument',
    `Line ${line + 1} is not a fleet certificate. Copy what "tox-async fleet certify" prints as it is.`,
    { cause },
  );
}
