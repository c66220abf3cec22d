import { generateKeyPair } from '../../lib/crypto/generate';
import type { CryptoProvider } from '../../lib/crypto/provider';
import { HandshakeSide1 } from '../../lib/network/handshake-side-1';
import { HandshakeSide2 } from '../../lib/network/handshake-side-2';
import { systemRandom } from '../../lib/platform/random';
import { sideOf } from '../../lib/protocol/session/handshake';
import type { KeyPair } from '../../lib/types';
import { median } from '../support/measure';
import { ratio, type Report } from '../support/report';
import { providers } from './raw';

const ROUNDS = 200;
/** Never within the 2 s in which side 2 ignores a hello. */
const CLOCK = { wall: () => 0, monotonic: () => 0, elapsed: () => 0 };
const FLAGS = { acceptsStores: true, openNode: false };

/** Both sides of one session's agreement, from the first hello to the keys, in one process. */
function agree(crypto: CryptoProvider, one: KeyPair, two: KeyPair): void {
  const common = {
    crypto,
    clock: CLOCK,
    random: systemRandom,
    flags: () => FLAGS,
    onUnanswered: () => undefined,
  };
  const timers = {
    after(ms: number, run: () => void) {
      if (ms === 0) run();
      return { cancel: () => undefined };
    },
  };
  const sent: Uint8Array[] = [];
  const send = (message: Uint8Array) => sent.push(message) > 0;
  const side1 = new HandshakeSide1({ ...common, timers, send, identity: one, peer: two.publicKey });
  const side2 = new HandshakeSide2({ ...common, timers, send, identity: two, peer: one.publicKey });
  side1.begin();
  const [hello1] = sent;
  if (hello1 === undefined || side2.takeHello(hello1) === undefined) throw new Error('Side 2 did not agree.');
  const [, hello2] = sent;
  if (hello2 === undefined || side1.takeHello(hello2) === undefined) throw new Error('Side 1 did not agree.');
}

/** What X25519 alone costs both sides: an ephemeral pair each, and three shared secrets each. */
function agreeOnX25519(crypto: CryptoProvider, one: KeyPair, two: KeyPair): void {
  for (const [own, peer] of [
    [one, two],
    [two, one],
  ] as const) {
    const ephemeral = generateKeyPair(crypto, systemRandom);
    crypto.sharedSecret(own.secretKey, peer.publicKey);
    crypto.sharedSecret(ephemeral.secretKey, peer.publicKey);
    crypto.sharedSecret(ephemeral.secretKey, peer.publicKey);
  }
}

/** Milliseconds of processor time. */
function processorMs(run: () => void): number {
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** A session's handshake. It runs first of all: what is cold is so only once in a process. */
export function handshakes(): Report {
  const rows = providers().map((crypto, i) => {
    const pair = () => generateKeyPair(crypto, systemRandom);
    const [one, two] = [pair(), pair()].sort((a, b) => (sideOf(a.publicKey, b.publicKey) === 1 ? -1 : 1));
    if (one === undefined || two === undefined) throw new Error('There are two pairs.');
    agreeOnX25519(crypto, one, two);
    const cold = processorMs(() => agree(crypto, one, two));
    const hybrid: number[] = [];
    const plain: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      hybrid.push(processorMs(() => agree(crypto, one, two)));
      plain.push(processorMs(() => agreeOnX25519(crypto, one, two)));
    }
    const [warm, x25519] = [median(hybrid), median(plain)];
    return [
      crypto.name,
      i === 0 ? `${cold.toFixed(1)} ms` : '',
      `${warm.toFixed(2)} ms`,
      `${x25519.toFixed(2)} ms`,
      ratio(warm / x25519),
    ];
  });
  return {
    title: "A session's handshake",
    about: `Processor time of both sides together, from the first hello to the keys: the first one of the process, and the median of ${ROUNDS}. Compared in turns with what X25519 alone costs both sides (a key pair and three shared secrets each).`,
    columns: ['provider', 'cold', 'warm', 'X25519 alone', 'ratio'],
    rows,
  };
}
