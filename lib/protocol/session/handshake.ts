import { labelledHash } from '../../crypto/labelled-hash';
import type { CryptoProvider } from '../../crypto/provider';
import { checkPublicKey } from '../../crypto/public-key';
import type { KeyPair, PublicKey } from '../../types';
import { hashedPart, HELLO1_BYTES, HELLO2_BYTES } from './hello';

/**
 * The key agreement of one connection (docs/PROTOCOL.md, "Session"). Three Diffie-Hellmans bind both identities
 * and two fresh ephemerals: neither a stolen copy of one identity nor a recorded hello is enough to pose as the
 * other side, and once the ephemerals are wiped nobody can read what was said. A fresh ML-KEM secret beside them
 * holds against those who record it all and compute the Diffie-Hellmans one day.
 */

/** Which side of the session an identity is: 1 has the smaller key and begins. */
export function sideOf(identity: PublicKey, peer: PublicKey): 1 | 2 {
  return Buffer.compare(identity, peer) < 0 ? 1 : 2;
}

/** Who agrees: ourselves and the peer, as far as Diffie-Hellman goes. */
export interface SessionParties {
  readonly identity: KeyPair;
  /** Its secret is wiped when the keys are made. */
  readonly ephemeral: KeyPair;
  readonly peerIdentity: PublicKey;
  readonly peerEphemeral: PublicKey;
}

export interface SessionKeysInput extends SessionParties {
  readonly side: 1 | 2;
  /** What side 2 encapsulated and side 1 decapsulated, 32 bytes. It is wiped when the keys are made. */
  readonly kemSecret: Uint8Array;
  /** Both hellos whole, with their first byte. */
  readonly hello1: Uint8Array;
  readonly hello2: Uint8Array;
}

export interface SessionKeys {
  /** 32 bytes each, for sealMessage and openSealed. */
  readonly send: Uint8Array;
  readonly receive: Uint8Array;
}

/**
 * To be asked before the KEM is used too, so that a bad hello costs nothing.
 * @throws ErrInvalidKey a key of the peer is not acceptable or is one of ours: ignore its hello
 */
export function checkSessionParties(parties: SessionParties): void {
  const own = [parties.identity.publicKey, parties.ephemeral.publicKey];
  checkPublicKey(parties.peerIdentity, "The peer's identity", ...own);
  checkPublicKey(parties.peerEphemeral, "The peer's key for this session", ...own);
}

/** @throws as checkSessionParties */
export function deriveSessionKeys(crypto: CryptoProvider, input: SessionKeysInput): SessionKeys {
  const { side, identity, ephemeral, peerIdentity, peerEphemeral, kemSecret } = input;
  checkSessionParties(input);
  const fromIdentity = crypto.sharedSecret(identity.secretKey, peerEphemeral);
  const fromEphemeral = crypto.sharedSecret(ephemeral.secretKey, peerIdentity);
  const fromBoth = crypto.sharedSecret(ephemeral.secretKey, peerEphemeral);
  const [x1, x2, id1, id2] =
    side === 1
      ? [fromIdentity, fromEphemeral, identity.publicKey, peerIdentity]
      : [fromEphemeral, fromIdentity, peerIdentity, identity.publicKey];
  const hellos = [hashedPart(input.hello1, HELLO1_BYTES), hashedPart(input.hello2, HELLO2_BYTES)];
  const k = labelledHash(crypto, 'session', x1, x2, fromBoth, kemSecret, id1, id2, ...hellos);
  const oneToTwo = labelledHash(crypto, 'key-1-to-2', k);
  const twoToOne = labelledHash(crypto, 'key-2-to-1', k);
  for (const secret of [k, fromIdentity, fromEphemeral, fromBoth, kemSecret, ephemeral.secretKey]) {
    crypto.wipe(secret);
  }
  return side === 1 ? { send: oneToTwo, receive: twoToOne } : { send: twoToOne, receive: oneToTwo };
}
