import assert from 'node:assert/strict';
import { concat, utf8 } from '../../../../lib/bytes';
import { openEnvelope, type OpenInput } from '../../../../lib/protocol/envelope/open';
import { UNACCEPTABLE_KEYS } from '../../../../lib/testing/crypto/known-answers';
import {
  crypto,
  filled,
  flip,
  handmadeEnvelope,
  isWiped,
  MESSAGE_ID,
  P,
  PROVIDERS,
  pair,
  patch,
  Q,
  R,
  S,
  watching,
  type EnvelopeParts,
} from '../support/fixtures';

const MAX_LIFETIME = 1_209_600;

function open(envelope: Uint8Array, change: Partial<OpenInput> = {}) {
  return openEnvelope(crypto, {
    envelope,
    recipient: R.publicKey,
    preKey: P,
    keySecret: Q,
    sender: S.publicKey,
    ...change,
  });
}

function outcome(parts: EnvelopeParts, change: Partial<OpenInput> = {}): string {
  return open(handmadeEnvelope(parts), change).outcome;
}

describe('opening an envelope', () => {
  it('gives what was sealed', () => {
    assert.deepEqual(open(handmadeEnvelope()), {
      outcome: 'opened',
      messageId: MESSAGE_ID,
      timestamp: 1764000000,
      lifetime: 604800,
      type: 0,
      data: utf8('leak'),
    });
  });

  it('opens every known type, binary data included', () => {
    for (const type of [2, 0x80, 0x81]) assert.equal(outcome({ type, data: filled(9, 0xff) }), 'opened');
    assert.equal(outcome({ type: 1, data: utf8('waves') }), 'opened');
    assert.equal(outcome({ type: 3, data: utf8('{"a":1}') }), 'opened');
    assert.equal(outcome({ type: 4, data: utf8('\x03\x00\x01t{"a":1}') }), 'opened');
  });

  it('opens messages of every size', () => {
    for (const length of [1, 125, 126, 240, 381, 382, 1149, 1150, 1372]) {
      const data = filled(length, 0x61);
      const result = open(handmadeEnvelope({ data }));
      assert.ok(result.outcome === 'opened');
      assert.deepEqual(result.data, data);
    }
  });

  it('opens an empty message that somebody else made', () => {
    assert.equal(outcome({ data: new Uint8Array() }), 'opened');
  });

  it('answers bad-request to a wrong length or version before anything else', () => {
    const envelope = handmadeEnvelope();
    for (const wrong of [
      new Uint8Array(),
      envelope.subarray(1),
      envelope.subarray(0, -1),
      concat(envelope, new Uint8Array(1)),
      // The size of a full chunk, to which no one-time key belongs.
      concat(envelope, new Uint8Array(5397 - envelope.length)),
      handmadeEnvelope({ version: 2, mailbox: filled(32, 1) }),
    ]) {
      assert.deepEqual(open(wrong), { outcome: 'bad-request' });
    }
  });

  it("answers not-yours to another mailbox before it looks at the sender's key", () => {
    assert.deepEqual(open(handmadeEnvelope({ mailbox: filled(32, 1), ephemeral: filled(32, 0) })), {
      outcome: 'not-yours',
    });
    assert.deepEqual(open(handmadeEnvelope(), { recipient: S.publicKey }), { outcome: 'not-yours' });
  });

  it('answers bad-request to an ephemeral key that is not acceptable or is ours', () => {
    const keys = [...UNACCEPTABLE_KEYS.filter(({ length }) => length === 32), R.publicKey, P.publicKey];
    for (const key of keys) assert.equal(outcome({ ephemeral: key }), 'bad-request');
  });

  it('calls forged whatever a flipped bit makes of it, key and mailbox aside', () => {
    const envelope = handmadeEnvelope();
    // Bits 8..263 are the mailbox, 264..391 the tag, which its finder compares but the nonce binds too.
    for (let bit = 264; bit < envelope.length * 8; bit += 7) {
      const { outcome: found } = open(flip(envelope, bit));
      const isTopBitOfEphemeral = bit === 81 * 8 - 1;
      assert.equal(found, isTopBitOfEphemeral ? 'bad-request' : 'forged', `bit ${bit}`);
    }
    for (let bit = 8; bit < 264; bit += 5) assert.equal(open(flip(envelope, bit)).outcome, 'not-yours');
    for (let bit = 0; bit < 8; bit += 1) assert.equal(open(flip(envelope, bit)).outcome, 'bad-request');
  });

  it('calls forged what another friend sealed, whatever sender it names', () => {
    const mallory = pair('mallory');
    assert.equal(outcome({ namedSender: mallory.publicKey, innerSecret: mallory.secretKey }), 'forged');
    assert.equal(outcome({ innerSecret: mallory.secretKey }), 'forged');
    assert.equal(outcome({}, { sender: mallory.publicKey }), 'forged');
  });

  it('calls forged what was sealed to another key or moved under another tag', () => {
    assert.equal(outcome({}, { preKey: pair('another pre-key') }), 'forged');
    assert.equal(outcome({ tag: filled(16, 3) }), 'opened', 'the finder of the key compares the tag');
    assert.equal(open(patch(handmadeEnvelope(), 33, filled(16, 3))).outcome, 'forged');
  });

  it('calls forged an inner box moved into another envelope', () => {
    const data = utf8('leak');
    const plain = concat(new Uint8Array([0, 0, 4]), data);
    // The right plaintext under a nonce of other fields.
    assert.equal(outcome({ plain, lifetime: 5 }), 'opened');
    const envelope = handmadeEnvelope({ lifetime: 5 });
    const { crypto: watched, opened } = watching();
    openEnvelope(watched, { envelope, recipient: R.publicKey, preKey: P, keySecret: Q, sender: S.publicKey });
    const lifted = opened[0]!.slice();
    lifted[43] = 6;
    assert.equal(open(resealed(envelope, lifted)).outcome, 'forged');
  });

  it('calls forged a padding that is not all zero', () => {
    assert.equal(outcome({ padding: (zeros) => patch(zeros, 0, [1]) }), 'forged');
    assert.equal(outcome({ padding: (zeros) => patch(zeros, zeros.length - 1, [1]) }), 'forged');
  });

  it('calls forged an inner length that does not fit', () => {
    for (const innerLength of [0, 15, 16, 22, 24, 144, 145, 0xffff]) {
      assert.equal(outcome({ innerLength }), 'forged', String(innerLength));
    }
  });

  it('calls forged a larger envelope than the text needs', () => {
    assert.equal(outcome({ bucket: 384 }), 'forged');
    assert.equal(outcome({ data: filled(125, 0x61) }), 'opened');
    assert.equal(outcome({ data: filled(125, 0x61), bucket: 1152 }), 'forged');
  });

  it("calls malformed, with its id, a friend's message of the wrong length", () => {
    for (const plain of [[], [0], [0, 0], [0, 0, 5, 1, 2, 3, 4], [0, 0, 3, 1, 2, 3, 4], [9, 0, 1]]) {
      assert.deepEqual(open(handmadeEnvelope({ plain: new Uint8Array(plain) })), {
        outcome: 'malformed',
        messageId: MESSAGE_ID,
        lifetime: 604800,
      });
    }
  });

  it('calls malformed a text that is not UTF-8', () => {
    for (const type of [0, 1]) {
      for (const data of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]]) {
        assert.equal(outcome({ type, data: new Uint8Array(data) }), 'malformed');
      }
    }
  });

  it('calls malformed a lifetime out of bounds, and reports it within them', () => {
    const result = (lifetime: number) => open(handmadeEnvelope({ lifetime }));
    const malformed = { outcome: 'malformed', messageId: MESSAGE_ID };
    assert.deepEqual(result(0), { ...malformed, lifetime: 1 });
    assert.deepEqual(result(MAX_LIFETIME + 1), { ...malformed, lifetime: MAX_LIFETIME });
    assert.deepEqual(result(0xffffffff), { ...malformed, lifetime: MAX_LIFETIME });
    assert.equal(result(1).outcome, 'opened');
    assert.equal(result(MAX_LIFETIME).outcome, 'opened');
  });

  it('calls unsupported, with its id, a type that it does not know, before it judges the text', () => {
    for (const type of [5, 0x7f, 0x82, 0xff]) {
      assert.deepEqual(open(handmadeEnvelope({ type, data: filled(3, 0xff) })), {
        outcome: 'unsupported',
        messageId: MESSAGE_ID,
        lifetime: 604800,
      });
    }
  });

  it('reads a time that no clock can show as no time', () => {
    const timestamp = (bytes: number[]) => {
      const result = open(handmadeEnvelope({ timestamp: new Uint8Array(bytes) }));
      return result.outcome === 'opened' ? result.timestamp : undefined;
    };
    assert.equal(timestamp([0, 0, 0x07, 0xdb, 0xa8, 0x21, 0x80, 0]), 8_640_000_000_000);
    assert.equal(timestamp([0, 0, 0x07, 0xdb, 0xa8, 0x21, 0x80, 1]), 0);
    assert.equal(timestamp([255, 255, 255, 255, 255, 255, 255, 255]), 0);
  });

  it('calls forged what was sealed without the secret of the key, or with another', () => {
    assert.equal(outcome({}, { keySecret: filled(32, 0) }), 'forged');
    assert.equal(outcome({ keySecret: filled(32, 1) }), 'forged');
    assert.equal(outcome({ keySecret: filled(32, 1) }, { keySecret: filled(32, 1) }), 'opened');
  });

  it('leaves neither the shared secret nor the key of the outer box behind', () => {
    for (const keySecret of [Q, filled(32, 0)]) {
      const { crypto: watched, shared, boxKeys } = watching();
      const input = { envelope: handmadeEnvelope(), recipient: R.publicKey, preKey: P, sender: S.publicKey };
      openEnvelope(watched, { ...input, keySecret });
      assert.deepEqual([shared.length, boxKeys.length], [1, 1]);
      assert.ok([...shared, ...boxKeys].every(isWiped));
    }
  });

  it('wipes the plaintext it opened and keeps the one-time key for its owner to erase', () => {
    const { crypto: watched, opened } = watching();
    const preKey = pair('pre-key');
    const keySecret = Q.slice();
    const envelope = handmadeEnvelope();
    const result = openEnvelope(watched, {
      envelope,
      recipient: R.publicKey,
      preKey,
      keySecret,
      sender: S.publicKey,
    });
    assert.equal(opened.length, 2);
    assert.ok(isWiped(opened[1]));
    assert.ok(result.outcome === 'opened');
    assert.deepEqual(result.data, utf8('leak'));
    assert.deepEqual(preKey, P);
    assert.deepEqual(keySecret, Q);
    assert.deepEqual(envelope, handmadeEnvelope(), 'the envelope is not changed');
  });

  it('wipes it also when the question for room fails', () => {
    const { crypto: watched, opened } = watching();
    let data: Uint8Array | undefined;
    const hasRoom = (_id: Uint8Array, content: { readonly data: Uint8Array }): boolean => {
      ({ data } = content);
      throw new Error('the disk is gone');
    };
    const fails = () =>
      openEnvelope(watched, {
        envelope: handmadeEnvelope(),
        recipient: R.publicKey,
        preKey: pair('pre-key'),
        keySecret: Q.slice(),
        sender: S.publicKey,
        hasRoom,
      });
    assert.throws(fails, /the disk is gone/);
    assert.equal(opened.length, 2);
    assert.ok(isWiped(opened[1]) && isWiped(data));
  });

  it('ends alike with every provider', () => {
    const all = [{}, { type: 9 }, { lifetime: 0 }, { bucket: 384 }, { ephemeral: filled(32, 0) }].map(
      handmadeEnvelope,
    );
    for (const envelope of all) {
      const results = PROVIDERS.map((provider) =>
        openEnvelope(provider, {
          envelope,
          recipient: R.publicKey,
          preKey: P,
          keySecret: Q,
          sender: S.publicKey,
        }),
      );
      for (const result of results) assert.deepEqual(result, results[0]);
    }
  });
});

/** The envelope with another content under the same outer nonce and keys. */
function resealed(envelope: Uint8Array, content: Uint8Array): Uint8Array {
  let [nonce, key] = [new Uint8Array(), new Uint8Array()];
  const spying = {
    ...crypto,
    openSecretbox: (_: Uint8Array, n: Uint8Array, k: Uint8Array) => {
      [nonce, key] = [n.slice(), k.slice()];
      return undefined;
    },
  };
  openEnvelope(spying, { envelope, recipient: R.publicKey, preKey: P, keySecret: Q, sender: S.publicKey });
  return concat(envelope.subarray(0, 81), crypto.secretbox(content, nonce, key));
}
