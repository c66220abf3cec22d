import { generateKeyPair } from '../../lib/crypto/generate';
import type { CryptoProvider } from '../../lib/crypto/provider';
import { systemRandom } from '../../lib/platform/random';
import { mailboxOf, prekeyTag } from '../../lib/protocol/names';
import { openEnvelope } from '../../lib/protocol/envelope/open';
import { sealEnvelope } from '../../lib/protocol/envelope/seal';
import { measure, type Subject } from '../support/measure';
import { count, ratio, type Report } from '../support/report';
import { providers, rawPair, sodiumBoxes, tweetnaclBoxes } from './raw';

const SIZES = [16, 200, 1372];

/** Sealing and opening whole envelopes, a key pair for each included, against two bare boxes. */
export async function envelopes(): Promise<Report[]> {
  const native = sodiumBoxes();
  const rows: string[][] = [];
  for (const size of SIZES) {
    const [first] = providers();
    if (first === undefined) continue;
    const keys = { a: generateKeyPair(first, systemRandom), b: generateKeyPair(first, systemRandom) };
    const raw = [native, tweetnaclBoxes].flatMap((boxes) => (boxes ? rawPair(boxes, size, keys) : []));
    const ours = providers().flatMap((crypto) => envelopePair(crypto, size));
    const rates = new Map((await measure([...raw, ...ours])).map(({ name, perSecond }) => [name, perSecond]));
    for (const crypto of providers()) {
      for (const what of ['seal', 'open']) {
        const rate = rates.get(`${crypto.name}, ${what}`) ?? 0;
        const against = (name: string) => {
          const other = rates.get(`two boxes of ${name}, ${what}`);
          return other === undefined ? 'not here' : ratio(rate / other);
        };
        rows.push([
          crypto.name,
          what,
          `${size} B`,
          count(rate),
          against('sodium-native'),
          against('tweetnacl'),
        ]);
      }
    }
  }
  return [
    {
      title: 'Envelopes',
      about:
        'Sealing (with a fresh ephemeral key pair) and opening of whole envelopes, and the ratio to two bare crypto_box calls of the same size in the same run. Aims: with sodium-native 0.70 of its two boxes for sealing (the key pair alone costs a fifth of them) and 0.90 for opening; with the portable provider 4 times tweetnacl.',
      columns: [
        'provider',
        'operation',
        'text',
        'per second',
        'to two boxes of sodium-native',
        'to two boxes of tweetnacl',
      ],
      rows,
    },
  ];
}

/** Sealing one envelope and opening it. */
export function envelopePair(crypto: CryptoProvider, size: number): Subject[] {
  const sender = generateKeyPair(crypto, systemRandom);
  const recipient = generateKeyPair(crypto, systemRandom);
  const preKey = generateKeyPair(crypto, systemRandom);
  const keySecret = systemRandom.bytes(32);
  const data = new Uint8Array(size).fill(97);
  const messageId = systemRandom.bytes(32);
  // The holder of a key or a mailbox keeps its name.
  const tag = prekeyTag(crypto, preKey.publicKey);
  const mailbox = mailboxOf(crypto, recipient.publicKey);
  const seal = () =>
    sealEnvelope(crypto, {
      sender,
      recipient: recipient.publicKey,
      mailbox,
      preKey: preKey.publicKey,
      keySecret,
      tag,
      ephemeral: generateKeyPair(crypto, systemRandom),
      messageId,
      timestamp: 1_764_000_000,
      lifetime: 604_800,
      type: 0,
      data,
    });
  const { envelope } = seal();
  const open = () =>
    openEnvelope(crypto, {
      envelope,
      recipient: recipient.publicKey,
      mailbox,
      preKey,
      keySecret,
      sender: sender.publicKey,
    });
  if (open().outcome !== 'opened') throw new Error('the envelope does not open');
  const often = (operation: () => unknown) => (times: number) => {
    for (let i = 0; i < times; i += 1) operation();
  };
  return [
    { name: `${crypto.name}, seal`, run: often(seal) },
    { name: `${crypto.name}, open`, run: often(open) },
  ];
}
