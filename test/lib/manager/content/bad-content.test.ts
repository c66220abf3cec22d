import assert from 'node:assert/strict';
import fc from 'fast-check';
import { toHex } from '../../../../lib/bytes';
import { chooseCryptoProvider } from '../../../../lib/crypto/providers/choose-provider';
import { decodeExchange } from '../../../../lib/protocol/keys/exchange';
import { encodeMailKeys } from '../../../../lib/protocol/keys/mail-keys';
import { encodeMailReceipts } from '../../../../lib/protocol/keys/mail-receipts';
import { PLAIN_TYPE } from '../../../../lib/protocol/envelope/message-types';
import { storageIdOf } from '../../../../lib/protocol/names';
import { encodeSessionMessage } from '../../../../lib/protocol/session/message-kinds';
import { silentLogger } from '../../../../lib/types';
import { EXAMPLES } from '../../protocol/support/session-examples';
import { bytes, flip } from '../../protocol/support/fixtures';
import { ScriptedFriend, type Said } from '../support/scripted-friend';

const crypto = chooseCryptoProvider();

/** Something that is nearly right: cut, with bits changed, or longer. */
const nearly = (example: Uint8Array) =>
  fc.oneof(
    fc.nat(example.length - 1).map((length) => example.subarray(0, length)),
    fc
      .array(fc.nat(example.length * 8 - 1), { minLength: 1, maxLength: 3 })
      .map((bits) => bits.reduce(flip, example))
      .filter((made) => toHex(made) !== toHex(example)),
    fc.uint8Array({ minLength: 1, maxLength: 40 }).map((tail) => Buffer.concat([example, tail])),
  );

describe('what a proven friend says, when it is nearly right', () => {
  let friend: ScriptedFriend;
  const logged: string[] = [];

  beforeEach(async () => {
    logged.length = 0;
    const log = { ...silentLogger, error: (text: string) => logged.push(text) };
    friend = await ScriptedFriend.open('bad content', { log });
    await friend.settle();
  });

  afterEach(() => friend.stop());

  /** A batch of keys that was never sent, in all its forms. */
  async function unsent(): Promise<Uint8Array> {
    const writes = friend.keys.store.batch();
    const { exchange } = await friend.keys.fsm.issued.issue(writes, friend.manager.publicKey, 8);
    await writes.commit();
    return exchange;
  }

  it('adds no key from an exchange that was changed, and all from the true one, whatever its time', async () => {
    // The friend's clock is fifty years ahead: that is for display.
    friend.keys.time.stepWall(50 * 365 * 86_400_000);
    const exchange = await unsent();
    await fc.assert(
      fc.asyncProperty(nearly(exchange), async (made) => {
        friend.peer.say({ kind: 'exchange', exchange: made });
        const said = await friend.hear(5);
        assert.ok(said.every(({ kind }) => kind === 'exchange-refused'));
        assert.equal(friend.stats().held, 104);
      }),
      { numRuns: 150 },
    );
    assert.deepEqual(logged, []);
    friend.peer.say({ kind: 'exchange', exchange });
    await friend.hearOne('exchange-ack');
    assert.equal(friend.stats().held, 112);
  });

  it('is malformed when receipts or keys by mail are, adds nothing, and costs the key of its envelope', async () => {
    const { batch, valid, seed, keys } = decodeExchange(await unsent());
    const messageId = new Uint8Array(32).fill(5);
    const arrived = [{ preKeyId: 0x105, idStart: messageId.slice(0, 4) }];
    const contents: readonly [number, Uint8Array][] = [
      [PLAIN_TYPE.keys, encodeMailKeys({ batch, valid, held: 90, seed, keys })],
      [
        PLAIN_TYPE.receipts,
        encodeMailReceipts({ held: 90, arrived, receipts: [{ messageId, code: 'malformed' }] }),
      ],
    ];
    const codes = new Set<string>();
    for (const [type, content] of contents) {
      await fc.assert(
        // Without the bytes of a public key or of an id, which may be any.
        fc.asyncProperty(nearly(content.subarray(0, 12)), async (head) => {
          const data = Buffer.concat([head, content.subarray(12)]);
          const us = friend.manager.publicKey;
          const issued = friend.stats().issued;
          const sealed = await friend.keys.fsm.sendForwardSecureMessage(us, data, type);
          codes.add((await friend.deliver(sealed.envelope, 5)).code);
          assert.equal(friend.stats().issued, issued - 1);
          assert.ok(friend.stats().held <= 112);
        }),
        { numRuns: 40 },
      );
    }
    assert.deepEqual([...codes].sort(), ['malformed', 'ok']);
    assert.deepEqual(logged, []);
    assert.deepEqual(friend.texts, []);
  });

  it('leaves the session alive when it is a state', async () => {
    const [, kind, hex] = EXAMPLES.find(([message]) => message.kind === 'state')!;
    await fc.assert(
      fc.asyncProperty(nearly(bytes(hex)), async (body) => {
        friend.peer.send(friend.peer.seal(kind, body));
        await friend.time.advance(5);
      }),
      { numRuns: 100 },
    );
    assert.deepEqual(logged, []);
    assert.equal((await friend.deliver(await friend.seal('still here'))).code, 'ok');
  });

  it('spends no key and throws nothing when it answers our questions for mail', async () => {
    const envelope = await friend.seal('genuine');
    const item = { cursor: 1, storageId: storageIdOf(crypto, envelope), tag: envelope.slice(33, 49), age: 0 };
    const right = { kind: 'list-answer', request: 0, code: 'ok', more: false, items: [item] } as const;
    const list = encodeSessionMessage(right).body.slice(4);
    const seen = { asked: 0, fetched: 0 };
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.constant(list), nearly(list)), nearly(envelope), async (page, other) => {
        friend.peer.say({ kind: 'mail', waiting: 1 });
        const [asked] = (await friend.hear(5)).filter((said): said is Said<'list'> => said.kind === 'list');
        if (asked !== undefined) {
          seen.asked += 1;
          friend.peer.send(friend.peer.seal(0x23, Buffer.concat([number(asked.request), page])));
          for (const said of await friend.hear(5)) {
            if (said.kind !== 'fetch') continue;
            seen.fetched += 1;
            for (const position of said.storageIds.keys())
              friend.peer.say({
                kind: 'fetched',
                request: said.request,
                position,
                code: 'ok',
                age: 0,
                envelope: other,
              });
          }
        }
        // What was not answered in a form that counts is asked again after 20 s.
        await friend.hear(21_000);
        assert.equal(friend.stats().issued, 104);
      }),
      { numRuns: 60 },
    );
    assert.ok(seen.asked > 20 && seen.fetched > 10, JSON.stringify(seen));
    assert.deepEqual(logged, []);
    assert.deepEqual(friend.texts, []);
    assert.equal((await friend.deliver(envelope)).code, 'ok');
  });
});

function number(value: number): Uint8Array {
  const encoded = new Uint8Array(4);
  new DataView(encoded.buffer).setUint32(0, value);
  return encoded;
}
