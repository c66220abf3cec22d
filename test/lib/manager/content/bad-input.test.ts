import assert from 'node:assert/strict';
import fc from 'fast-check';
import { toHex } from '../../../../lib/bytes';
import { silentLogger } from '../../../../lib/types';
import { EXAMPLES } from '../../protocol/support/session-examples';
import { bytes, flip } from '../../protocol/support/fixtures';
import { ScriptedFriend } from '../support/scripted-friend';

/** Bytes from far away: any, cut, with bits changed, or longer. */
const changed = (example: Uint8Array) =>
  fc.oneof(
    fc.uint8Array({ maxLength: 2_000 }),
    fc.nat(example.length - 1).map((length) => example.subarray(0, length)),
    fc
      .array(fc.nat(example.length * 8 - 1), { minLength: 1, maxLength: 3 })
      .map((bits) => bits.reduce(flip, example))
      .filter((made) => toHex(made) !== toHex(example)),
    fc.uint8Array({ minLength: 1, maxLength: 1_500 }).map((tail) => Buffer.concat([example, tail])),
  );

describe('a session whose friend sends anything at all', () => {
  let friend: ScriptedFriend;
  const logged: string[] = [];

  beforeEach(async () => {
    logged.length = 0;
    const log = { ...silentLogger, error: (text: string) => logged.push(text) };
    friend = await ScriptedFriend.open('bad input', { log });
    await friend.settle();
  });

  afterEach(() => friend.stop());

  /** Nothing was spent or logged, and the session still does its work. */
  async function unharmed(): Promise<void> {
    assert.deepEqual(logged, []);
    assert.deepEqual(friend.stats(), { sendable: 100, held: 104, issued: 104 });
    assert.equal((await friend.deliver(await friend.seal('still here'))).code, 'ok');
    await friend.time.advance(100);
    assert.deepEqual(friend.texts, ['still here']);
  }

  it('spends no key on an envelope that anybody changed, and answers each', async () => {
    const envelope = await friend.seal('genuine');
    const codes = new Set<string>();
    // One bit in the version, the mailbox, the tag and the box: each answer comes whatever chance brings.
    const examples = [0, 8, 33 * 8, 81 * 8].map((bit): [Uint8Array] => [flip(envelope, bit)]);
    await fc.assert(
      fc.asyncProperty(changed(envelope), async (made) => {
        codes.add((await friend.deliver(made, 5)).code);
        assert.equal(friend.stats().issued, 104);
      }),
      { numRuns: 150, examples },
    );
    assert.deepEqual([...codes].sort(), ['bad-request', 'forged', 'not-yours', 'unknown-tag']);
    assert.deepEqual(logged, []);
    friend.texts.length = 0;
    assert.equal((await friend.deliver(envelope)).code, 'ok');
  });

  it('takes nothing that was sealed for somebody else, or for an earlier session', async () => {
    const other = await ScriptedFriend.open('somebody else');
    await other.settle();
    assert.equal((await friend.deliver(await other.seal('not for us'))).code, 'not-yours');
    await other.stop();
    const old = friend.peer.sealMessage({ kind: 'mail', waiting: 1 });
    await friend.meet();
    friend.sayState();
    await friend.hear();
    friend.peer.send(old);
    await friend.hear();
    await unharmed();
  });

  it('answers an envelope that comes again as it did before, and takes one from the future', async () => {
    friend.keys.time.stepWall(50 * 365 * 86_400_000);
    const envelope = await friend.seal('from the future');
    assert.equal((await friend.deliver(envelope)).code, 'ok');
    for (let i = 0; i < 3; i += 1) assert.equal((await friend.deliver(envelope)).code, 'known');
    await friend.time.advance(100);
    assert.deepEqual(friend.texts, ['from the future']);
    assert.equal(friend.stats().issued, 103);
  });

  // A state with other batches is the truth about the friend's own keys, whatever made it say so.
  const others = EXAMPLES.filter(([{ kind }]) => kind !== 'state');

  it('throws and spends nothing when a message of any kind is changed', async () => {
    const any = fc.oneof(
      fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 600 })).filter(([kind]) => kind !== 0x10),
      ...others.map(([, kind, hex]) => changed(bytes(hex)).map((body): [number, Uint8Array] => [kind, body])),
    );
    await fc.assert(
      fc.asyncProperty(any, async ([kind, body]) => {
        friend.peer.send(friend.peer.seal(kind, body));
        await friend.time.advance(5);
      }),
      { numRuns: 300 },
    );
    await friend.hear(2_000);
    await unharmed();
  });

  it('throws and spends nothing when packets are changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 1_373 }), fc.boolean(), async (made, framed) => {
        const packet = framed ? Uint8Array.from([0xb1, 1, 0, 0, 0, 1, ...made].slice(0, 1_373)) : made;
        friend.peer.sendPacket(packet);
        await friend.time.advance(1);
      }),
      { numRuns: 200 },
    );
    // The brake on what does not verify holds for a minute.
    await friend.hear(61_000);
    await unharmed();
  });
});
