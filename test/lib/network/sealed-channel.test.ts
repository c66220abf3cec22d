import assert from 'node:assert/strict';
import { SealedChannel } from '../../../lib/network/sealed-channel';
import type { SessionKeys } from '../../../lib/protocol/session/handshake';
import { sealMessage } from '../../../lib/protocol/session/sealed-message';
import { crypto } from './support/world';

/** The keys of the session number `n`, as the channel has them. */
function keysOf(n: number): SessionKeys {
  return { send: new Uint8Array(32).fill(2 * n), receive: new Uint8Array(32).fill(2 * n + 1) };
}

/** The first message of the peer under the keys of the session number `n`. */
function fromPeer(n: number): Uint8Array {
  return sealMessage(crypto, keysOf(n).receive, 1, 0x28, new Uint8Array(2));
}

function isWiped({ send, receive }: SessionKeys): boolean {
  return [...send, ...receive].every((byte) => byte === 0);
}

describe('the keys of a sealed channel', () => {
  let channel: SealedChannel;
  let keys: SessionKeys[];

  beforeEach(() => {
    channel = new SealedChannel(crypto);
    keys = [1, 2, 3].map(keysOf);
  });

  const use = (n: number) => channel.use(keys[n - 1]!);
  const wiped = () => keys.map(isWiped);

  it('are wiped at once when new ones come before the peer has shown that it has them', () => {
    use(1);
    use(2);
    assert.deepEqual(wiped(), [true, false, false]);
    assert.equal(channel.open(fromPeer(1)), undefined);
  });

  it('are kept for receiving when the peer has shown that, and wiped when it shows that it has the new ones', () => {
    use(1);
    assert.ok(channel.open(fromPeer(1)));
    use(2);
    assert.deepEqual(wiped(), [false, false, false]);
    assert.ok(channel.open(fromPeer(2)));
    assert.deepEqual(wiped(), [true, false, false]);
  });

  it('are never more than those in use and the last that the peer was known to have', () => {
    use(1);
    assert.ok(channel.open(fromPeer(1)));
    use(2);
    use(3);
    assert.deepEqual(wiped(), [false, true, false]);
    assert.ok(channel.open(fromPeer(3)));
    assert.deepEqual(wiped(), [true, true, false]);
  });

  it('are all wiped at the end, the previous ones too', () => {
    use(1);
    assert.ok(channel.open(fromPeer(1)));
    use(2);
    channel.close();
    assert.deepEqual(wiped(), [true, true, false]);
    assert.equal(channel.ready, false);
    assert.equal(channel.seal(0x28, new Uint8Array(2)), undefined);
  });
});
