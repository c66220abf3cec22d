import { sameBytes } from '../../../lib/bytes';
import { DECAPSULATION_KEY_BYTES } from '../../../lib/crypto/kem/lengths';
import type { CryptoProvider } from '../../../lib/crypto/provider';
import { ToxAsyncError } from '../../../lib/errors';
import { ForwardSecurityManager } from '../../../lib/forward-security/forward-security-manager';
import { HandshakeSide1 } from '../../../lib/network/handshake-side-1';
import { HandshakeSide2 } from '../../../lib/network/handshake-side-2';
import { SealedChannel } from '../../../lib/network/sealed-channel';
import { systemRandom } from '../../../lib/platform/random';
import { decodeMailReceipts } from '../../../lib/protocol/keys/mail-receipts';
import { decodeHello1 } from '../../../lib/protocol/session/hello';
import {
  ENVELOPE_VERSION,
  isEnvelopeSize,
  readEnvelopeHeader,
} from '../../../lib/protocol/envelope/envelope';
import { openEnvelope } from '../../../lib/protocol/envelope/open';
import { mailboxOf, prekeyTag } from '../../../lib/protocol/names';
import { FrameAssembler } from '../../../lib/protocol/session/frames';
import { sealMessage } from '../../../lib/protocol/session/sealed-message';
import { decodeSessionMessage } from '../../../lib/protocol/session/message-kinds';
import { MemoryVolume, openMemoryStore } from '../../../lib/testing/memory-store';
import type { KeyPair } from '../../../lib/types';
import { joins, takesUri } from './check-cell';
import { takesCertificate } from './check-fleet';
import { judgeChunk } from './check-large';
import { bytesOf, mustEqual, type Fields } from '../fields';
import { RandomVault } from '../random-vault';

/** Stands in the vectors for "nothing is answered". */
const DROPPED = 'dropped';
const CLOCK = { wall: () => 0, monotonic: () => 0, elapsed: () => 0 };
/** Runs what is due at once, and nothing else. */
const TIMERS = {
  after(ms: number, run: () => void) {
    if (ms === 0) run();
    return { cancel: () => undefined };
  },
};

/** A vector of what must be refused: given to the code that would take it, which says why not. */
export async function checkReject(crypto: CryptoProvider, v: Fields): Promise<void> {
  mustEqual('the refusal', await verdictOn(crypto, v), v.text('code'));
}

async function verdictOn(crypto: CryptoProvider, v: Fields): Promise<string> {
  if (v.has('envelope')) return judgeEnvelope(crypto, v);
  if (v.has('chunk')) return judgeChunk(crypto, v);
  if (v.has('exchange')) return judgeExchange(crypto, v);
  if (v.has('receipts')) return judgeReceipts(v);
  if (v.has('sealed')) return judgeSealed(crypto, v);
  if (v.has('hello1')) return judgeHello(crypto, v);
  if (v.has('packets')) return judgeFrames(v);
  if (v.has('certificate')) return orDropped(() => takesCertificate(v));
  if (v.has('uri')) return orDropped(() => takesUri(v));
  if (v.has('request')) return orDropped(() => joins(crypto, v));
  return orDropped(() => decodeSessionMessage(v.number('kind'), v.bytes('body')) !== undefined);
}

/** The recipient of the envelope has this one-time key, issued to the sender, and no other. */
function judgeEnvelope(crypto: CryptoProvider, v: Fields): string {
  const envelope = v.bytes('envelope');
  const recipient = v.bytes('recipientPublic', 32);
  const preKey = crypto.keyPairFromSecret(v.bytes('preKeySecret', 32));
  const input = {
    envelope,
    recipient,
    preKey,
    keySecret: v.bytes('keySecret', 32),
    sender: crypto.keyPairFromSecret(v.bytes('senderSecret', 32)).publicKey,
  };
  // Which key it is for is asked between the mailbox and everything else.
  const isOurs = isEnvelopeSize(envelope.length) && envelope[0] === ENVELOPE_VERSION;
  const header = isOurs ? readEnvelopeHeader(envelope) : undefined;
  if (
    header !== undefined &&
    sameBytes(header.mailbox, mailboxOf(crypto, recipient)) &&
    !sameBytes(header.tag, prekeyTag(crypto, preKey.publicKey))
  )
    return 'unknown-tag';
  const { outcome } = openEnvelope(crypto, input);
  return outcome === 'opened' ? 'ok' : outcome;
}

/** Somebody who holds no keys yet gets the exchange in a session with `from`. */
async function judgeExchange(crypto: CryptoProvider, v: Fields): Promise<string> {
  const peer = v.bytes('from', 32);
  const { forwardSecurity } = await holder(crypto, crypto.keyPairFromSecret(v.bytes('toSecret', 32)));
  try {
    const { result } = await forwardSecurity.processPreKeyExchange(v.bytes('exchange'), {
      isFrom: (owner) => sameBytes(owner, peer),
    });
    return result === 'added' ? 'ok' : result;
  } catch (error) {
    if (ToxAsyncError.is(error, 'ErrMalformed')) return 'malformed';
    throw error;
  }
}

function judgeReceipts(v: Fields): string {
  try {
    decodeMailReceipts(v.bytes('receipts'));
    return 'ok';
  } catch (error) {
    if (ToxAsyncError.is(error, 'ErrMalformed')) return 'malformed';
    throw error;
  }
}

function judgeSealed(crypto: CryptoProvider, v: Fields): string {
  const key = v.bytes('key', 32);
  const channel = new SealedChannel(crypto);
  channel.use({ send: key.slice(), receive: key.slice() });
  const last = v.number('counter');
  if (last > 0) channel.open(sealMessage(crypto, key, last, 0x28, new Uint8Array(2)));
  return orDropped(() => channel.open(v.bytes('sealed')) !== undefined);
}

function judgeHello(crypto: CryptoProvider, v: Fields): string {
  const hello1 = v.bytes('hello1');
  const isSide1 = v.number('side') === 1;
  const ephemeral = v.bytes('ephemeral', 32);
  const decapsulationKey = isSide1 ? v.bytes('decapsulationKey', DECAPSULATION_KEY_BYTES) : undefined;
  const options = {
    crypto,
    clock: CLOCK,
    timers: TIMERS,
    random: { bytes: (n: number) => (n === decapsulationKey?.length ? decapsulationKey : ephemeral).slice() },
    identity: crypto.keyPairFromSecret(v.bytes('secret', 32)),
    peer: v.bytes('peer', 32),
    flags: () => (isSide1 ? decodeHello1(hello1).flags : { acceptsStores: false, openNode: false }),
    send: () => true,
    onUnanswered: () => undefined,
  };
  const side = isSide1 ? new HandshakeSide1(options) : new HandshakeSide2(options);
  side.begin();
  return orDropped(() => side.takeHello(isSide1 ? v.bytes('hello2') : hello1) !== undefined);
}

function judgeFrames(v: Fields): string {
  const frames = new FrameAssembler();
  const made = v.list('packets').map((packet) => frames.accept(bytesOf(packet, 'a packet'), 0));
  return made.every((message) => message === undefined) ? DROPPED : 'ok';
}

function orDropped(take: () => boolean): string {
  try {
    return take() ? 'ok' : DROPPED;
  } catch (error) {
    if (ToxAsyncError.is(error, 'ErrMalformed', 'ErrInvalidKey', 'ErrUnsupportedVersion')) return DROPPED;
    throw error;
  }
}

async function holder(crypto: CryptoProvider, keyPair: KeyPair) {
  const store = openMemoryStore(new MemoryVolume());
  const forwardSecurity = await ForwardSecurityManager.create({
    crypto,
    random: systemRandom,
    clock: CLOCK,
    ages: { now: () => 0 },
    keyPair,
    store,
    vault: new RandomVault(),
  });
  return { forwardSecurity, store };
}
