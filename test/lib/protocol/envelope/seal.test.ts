import assert from 'node:assert/strict';
import { concat, sameBytes, utf8 } from '../../../../lib/bytes';
import {
  bucketFor,
  ENVELOPE_SIZES,
  isEnvelopeSize,
  readEnvelopeHeader,
} from '../../../../lib/protocol/envelope/envelope';
import { labelledHash } from '../../../../lib/crypto/labelled-hash';
import { mailboxOf, prekeyTag, storageIdOf } from '../../../../lib/protocol/names';
import { openEnvelope } from '../../../../lib/protocol/envelope/open';
import { sealEnvelope, type SealInput } from '../../../../lib/protocol/envelope/seal';
import { UNACCEPTABLE_KEYS } from '../../../../lib/testing/crypto/known-answers';
import {
  crypto,
  ephemeral,
  filled,
  handmadeEnvelope,
  isWiped,
  MESSAGE_ID,
  P,
  Q,
  R,
  S,
  throwsCode,
  watching,
} from '../support/fixtures';

function input(change: Partial<SealInput> = {}): SealInput {
  return {
    sender: S,
    recipient: R.publicKey,
    preKey: P.publicKey,
    keySecret: Q,
    ephemeral: ephemeral(),
    messageId: MESSAGE_ID,
    timestamp: 1764000000,
    lifetime: 604800,
    type: 0,
    data: utf8('leak'),
    ...change,
  };
}

describe('sealing an envelope', () => {
  it('makes the bytes that the text of the protocol describes', () => {
    for (const [type, length] of [
      [0, 4],
      [1, 125],
      [2, 126],
      [3, 381],
      [0x80, 1149],
      [0x81, 1372],
    ] as const) {
      // Digits: JSON, too.
      const data = filled(length, 0x31);
      const { envelope } = sealEnvelope(crypto, input({ type, data }));
      assert.deepEqual(envelope, handmadeEnvelope({ type, data }));
    }
  });

  it('fills one of four sizes, the smallest that fits; full chunks have a fifth', () => {
    const sizes = [1, 125, 126, 381, 382, 1149, 1150, 1372].map(
      (length) => sealEnvelope(crypto, input({ data: filled(length, 0x61) })).envelope.length,
    );
    assert.deepEqual(sizes, [287, 287, 543, 543, 1311, 1311, 1534, 1534]);
    assert.deepEqual(ENVELOPE_SIZES, [287, 543, 1311, 1534, 5397]);
  });

  it('shows mailbox, tag and ephemeral key, and names neither sender, recipient nor message', () => {
    const data = utf8('the cellar is under water');
    const { envelope } = sealEnvelope(crypto, input({ data }));
    assert.deepEqual(readEnvelopeHeader(envelope), {
      mailbox: mailboxOf(crypto, R.publicKey),
      tag: prekeyTag(crypto, P.publicKey),
      ephemeral: ephemeral().publicKey,
    });
    for (const hidden of [S.publicKey, R.publicKey, P.publicKey, MESSAGE_ID, data]) {
      assert.equal(Buffer.from(envelope).includes(Buffer.from(hidden)), false);
    }
  });

  it("gives the specification's box with its nonce, the storage id and the tag", () => {
    const sealed = sealEnvelope(crypto, input());
    assert.deepEqual(
      crypto.openBox(sealed.inner, sealed.innerNonce, S.publicKey, P.secretKey),
      concat(new Uint8Array([0, 0, 4]), utf8('leak')),
    );
    assert.deepEqual(sealed.storageId, storageIdOf(crypto, sealed.envelope));
    assert.deepEqual(sealed.tag, prekeyTag(crypto, P.publicKey));
  });

  it('binds both boxes to every field and key that the envelope concerns', () => {
    const nonce = (change: Partial<SealInput>) => sealEnvelope(crypto, input(change)).innerNonce;
    const base = nonce({});
    const other = ephemeral().publicKey;
    const changes: Partial<SealInput>[] = [
      { sender: R, recipient: S.publicKey },
      { recipient: other, ephemeral: crypto.keyPairFromSecret(filled(32, 5)) },
      { preKey: crypto.keyPairFromSecret(filled(32, 6)).publicKey },
      { ephemeral: crypto.keyPairFromSecret(filled(32, 5)) },
      { messageId: filled(32, 7) },
      { timestamp: 1764000001 },
      { lifetime: 604801 },
    ];
    for (const change of changes) assert.equal(sameBytes(base, nonce(change)), false, JSON.stringify(change));
  });

  it('hashes its ephemeral key from random bytes, which it wipes, and all that is sealed', () => {
    const sealed = (change: Partial<SealInput> = {}) => {
      const { envelope } = sealEnvelope(crypto, input({ ephemeral: { random: filled(32, 9) }, ...change }));
      return readEnvelopeHeader(envelope).ephemeral;
    };
    const fields = concat(MESSAGE_ID, new Uint8Array([0, 0, 0, 0, 0x69, 0x24, 0x81, 0x00, 0, 9, 0x3a, 0x80]));
    const plain = concat(new Uint8Array([0, 0, 4]), utf8('leak'));
    const e = labelledHash(crypto, 'ephemeral', filled(32, 9), S.secretKey, P.publicKey, fields, plain);
    assert.deepEqual(sealed(), crypto.keyPairFromSecret(e).publicKey);
    const random = filled(32, 8);
    const changes: Partial<SealInput>[] = [
      { ephemeral: { random } },
      { data: utf8('leek') },
      { type: 1 },
      { messageId: filled(32, 7) },
      { timestamp: 1764000001 },
      { lifetime: 604801 },
      { preKey: crypto.keyPairFromSecret(filled(32, 6)).publicKey },
      { sender: crypto.keyPairFromSecret(filled(32, 5)) },
    ];
    const all = [sealed(), ...changes.map(sealed)].map((key) => Buffer.from(key).toString('hex'));
    assert.equal(new Set(all).size, all.length);
    assert.ok(isWiped(random));
  });

  it('wipes the ephemeral secret, the key of the outer box and every plaintext', () => {
    const { crypto: watched, plains, shared, boxKeys } = watching();
    const e = ephemeral();
    const data = utf8('leak');
    sealEnvelope(watched, input({ ephemeral: e, data }));
    assert.ok(isWiped(e.secretKey));
    assert.equal(plains.length, 2);
    assert.ok(plains.every(isWiped));
    assert.deepEqual([shared.length, boxKeys.length], [1, 1]);
    assert.ok([...shared, ...boxKeys].every(isWiped));
    assert.deepEqual(data, utf8('leak'), 'the caller keeps its own copy');
  });

  it('wipes every plaintext also when a box cannot be made, and seals the next message right', () => {
    for (const failing of [1, 2]) {
      const { crypto: watched, plains } = watching();
      const failed = <T>(made: T): T => {
        if (plains.length === failing) throw new Error('no box');
        return made;
      };
      const broken = {
        ...watched,
        box: (...args: Parameters<typeof watched.box>) => failed(watched.box(...args)),
        secretbox: (...args: Parameters<typeof watched.secretbox>) => failed(watched.secretbox(...args)),
      };
      assert.throws(() => sealEnvelope(broken, input({ data: filled(1372, 0x61) })), /no box/);
      assert.ok(plains.length === failing && plains.every(isWiped));
      assert.deepEqual(sealEnvelope(crypto, input()).envelope, handmadeEnvelope());
    }
  });

  it('leaves nothing in the memory in which it seals when the ephemeral key cannot be made', () => {
    const { crypto: watched, plains } = watching();
    sealEnvelope(watched, input());
    assert.ok(plains[0]);
    const memory = new Uint8Array(plains[0].buffer);
    const broken = {
      ...crypto,
      keyPairFromSecret: () => {
        throw new Error('no key');
      },
    };
    const fails = () => sealEnvelope(broken, input({ ephemeral: { random: filled(32, 5) } }));
    assert.throws(fails, /no key/);
    assert.ok(memory.length > 1372 && isWiped(memory));
  });

  it('takes the name of a mailbox from a caller that knows it', () => {
    const mailbox = filled(32, 7);
    const { envelope } = sealEnvelope(crypto, input({ mailbox }));
    assert.deepEqual(readEnvelopeHeader(envelope).mailbox, mailbox);
  });

  it('gives parts that later envelopes leave alone', () => {
    const { inner, innerNonce } = sealEnvelope(crypto, input());
    sealEnvelope(crypto, input({ data: utf8('other'), lifetime: 1 }));
    assert.deepEqual(
      crypto.openBox(inner, innerNonce, S.publicKey, P.secretKey),
      concat(new Uint8Array([0, 0, 4]), utf8('leak')),
    );
  });

  it('wipes the ephemeral secret also when it fails', () => {
    const e = ephemeral();
    throwsCode(() => sealEnvelope(crypto, input({ ephemeral: e, data: filled(0, 0) })), 'ErrMessageEmpty');
    assert.ok(isWiped(e.secretKey));
  });

  it('refuses what could not be opened again', () => {
    const refuse = (change: Partial<SealInput>, code: Parameters<typeof throwsCode>[1]) =>
      throwsCode(() => sealEnvelope(crypto, input(change)), code, JSON.stringify(change));
    refuse({ data: filled(1373, 0x61) }, 'ErrMessageTooLarge');
    refuse({ data: new Uint8Array() }, 'ErrMessageEmpty');
    for (const type of [0, 1]) refuse({ type, data: filled(3, 0xff) }, 'ErrMalformed');
    for (const type of [-1, 256, 0.5]) refuse({ type }, 'ErrInvalidArgument');
    for (const lifetime of [0, -1, 1_209_601, 0.5, NaN]) refuse({ lifetime }, 'ErrInvalidArgument');
    for (const timestamp of [-1, 0.5, NaN, 8_640_000_000_001]) refuse({ timestamp }, 'ErrInvalidArgument');
    for (const length of [0, 31, 33]) refuse({ messageId: filled(length, 1) }, 'ErrInvalidArgument');
  });

  it('takes the shortest and the longest life, and a sender without a clock', () => {
    for (const change of [
      { lifetime: 1 },
      { lifetime: 1_209_600 },
      { timestamp: 0 },
      { timestamp: 8_640_000_000_000 },
    ]) {
      const { envelope } = sealEnvelope(crypto, input(change));
      const opened = openEnvelope(crypto, {
        envelope,
        recipient: R.publicKey,
        preKey: P,
        keySecret: Q,
        sender: S.publicKey,
      });
      assert.ok(opened.outcome === 'opened');
      assert.deepEqual({ ...opened, ...change }, opened);
    }
  });

  it('seals to no key that is not acceptable or is our own', () => {
    for (const key of [...UNACCEPTABLE_KEYS, S.publicKey, ephemeral().publicKey]) {
      throwsCode(() => sealEnvelope(crypto, input({ preKey: key })), 'ErrInvalidKey');
      throwsCode(() => sealEnvelope(crypto, input({ recipient: key })), 'ErrInvalidKey');
    }
  });
});

describe('the header of an envelope', () => {
  const { envelope } = sealEnvelope(crypto, input());

  it('is read from envelopes of the five sizes only', () => {
    for (const size of ENVELOPE_SIZES) {
      assert.equal(isEnvelopeSize(size), true);
      readEnvelopeHeader(concat(envelope.subarray(0, 81), new Uint8Array(size - 81)));
      for (const length of [size - 1, size + 1]) {
        assert.equal(isEnvelopeSize(length), false);
        throwsCode(
          () => readEnvelopeHeader(concat(new Uint8Array([1]), new Uint8Array(length - 1))),
          'ErrMalformed',
        );
      }
    }
    throwsCode(() => readEnvelopeHeader(new Uint8Array()), 'ErrMalformed');
  });

  it('is read from version 1 only', () => {
    for (const version of [0, 2, 255]) {
      throwsCode(() => readEnvelopeHeader(handmadeEnvelope({ version })), 'ErrMalformed');
    }
  });

  it('is three views of the envelope, so that looking at one copies nothing', () => {
    const header = readEnvelopeHeader(envelope);
    assert.deepEqual(header.mailbox, mailboxOf(crypto, R.publicKey));
    assert.deepEqual(concat(header.mailbox, header.tag, header.ephemeral), envelope.slice(1, 81));
    for (const field of [header.mailbox, header.tag, header.ephemeral]) {
      assert.equal(field.buffer, envelope.buffer);
    }
  });

  it('leaves no bucket for what is too long', () => {
    assert.equal(bucketFor(1375), 1375);
    assert.equal(bucketFor(1376), undefined);
  });
});
