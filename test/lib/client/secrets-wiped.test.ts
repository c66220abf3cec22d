import assert from 'node:assert/strict';
import { utf8 } from '../../../lib/bytes';
import { allocateSlot, unboxUnderSlot, boxUnderSlot } from '../../../lib/store/vault/slot-box';
import { chooseCryptoProvider } from '../../../lib/crypto/providers/choose-provider';
import { pair, type KeyPeer } from '../forward-security/support/key-peer';

const crypto = chooseCryptoProvider();
const ZEROS = new Uint8Array(32);

describe('secrets that leave the vault', () => {
  let alice: KeyPeer;
  let bob: KeyPeer;
  /** Every copy of a secret that the vault of bob gave away. */
  let copies: Uint8Array[];

  beforeEach(async () => {
    ({ alice, bob } = await pair('wiped'));
    const { vault } = bob;
    const [read, allocate] = [vault.read.bind(vault), vault.allocate.bind(vault)];
    copies = [];
    vault.read = (ref) => {
      const secret = read(ref);
      if (secret !== undefined) copies.push(secret);
      return secret;
    };
    vault.allocate = async (count) => {
      const slots = await allocate(count);
      copies.push(...slots.map(({ secret }) => secret));
      return slots;
    };
  });

  const assertWiped = (count: number) => {
    assert.equal(copies.length, count);
    for (const copy of copies) assert.deepEqual(copy, ZEROS);
  };

  it('are wiped once their public halves are made', async () => {
    await bob.fsm.exchangePreKeys(alice.pk);
    assertWiped(104 + 1);
  });

  it('are wiped after they opened an envelope, or failed to', async () => {
    await bob.giveKeys(alice);
    const { envelope } = await alice.send(bob, 'leak');
    const forged = envelope.slice();
    forged[200]! ^= 1;
    copies.length = 0;
    assert.equal(bob.fsm.open(forged).outcome, 'forged');
    assert.equal(bob.fsm.open(envelope).outcome, 'opened');
    assertWiped(2);
  });

  it('are wiped after they sealed and opened a record', async () => {
    const { ref, secret } = await allocateSlot(bob.vault);
    assert.notDeepEqual(secret, ZEROS);
    const sealed = boxUnderSlot(crypto, secret, utf8('leak'));
    assert.deepEqual(unboxUnderSlot(crypto, bob.vault.read(ref), sealed), utf8('leak'));
    sealed[3]! ^= 1;
    assert.equal(unboxUnderSlot(crypto, bob.vault.read(ref), sealed), undefined);
    assertWiped(3);
  });
});
