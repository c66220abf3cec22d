import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import { PACKET_WINDOW } from '../../../../lib/transport/transport';
import { RecordingHandler } from '../../../../lib/testing/transport/recording-handler';
import { codeOf, join, keyOf, meeting, sees, send, simulation, type Party } from '../support/virtual-parties';

describe('virtual network: going online and offline', () => {
  it('stays offline at start when asked to before, and goes online later', async () => {
    const { network, time } = simulation();
    const alice = await join(network, 'alice');
    const transport = network.join({ publicKey: keyOf('bob'), name: 'bob' });
    const bob: Party = { transport, heard: new RecordingHandler() };
    await transport.setOnline(false);
    await transport.start(bob.heard);
    await time.advance(50);
    assert.equal(transport.isOnline(), false);
    assert.deepEqual(bob.heard.calls, []);
    await transport.setOnline(true);
    assert.equal(transport.isOnline(), true);
    await time.advance(50);
    assert.ok(sees(alice, bob) && sees(bob, alice));
  });

  it('tells both sides when one goes offline, its friends first and then itself', async () => {
    const { alice, bob, time } = await meeting();
    await bob.transport.setOnline(false);
    await bob.transport.setOnline(false);
    assert.equal(bob.transport.isOnline(), false);
    assert.equal(sees(bob, alice), false);
    await time.advance(10);
    assert.deepEqual(bob.heard.calls, [`friend ${toHex(keyOf('alice')).slice(0, 4)} false`, 'self false']);
    assert.deepEqual(alice.heard.calls, [`friend ${toHex(keyOf('bob')).slice(0, 4)} false`]);
  });

  it('is seen to leave and return even when it does so within one trip', async () => {
    const { alice, bob, time } = await meeting();
    await bob.transport.setOnline(false);
    await bob.transport.setOnline(true);
    await time.advance(50);
    const short = toHex(keyOf('bob')).slice(0, 4);
    assert.deepEqual(alice.heard.calls, [`friend ${short} false`, `friend ${short} true`]);
    assert.ok(sees(bob, alice));
  });

  it('calls nobody after stop, not even for what happened before', async () => {
    const { network, alice, bob, time } = await meeting();
    network.drop(keyOf('alice'), keyOf('bob'));
    await alice.transport.stop();
    await time.advance(50);
    assert.deepEqual(alice.heard.calls, []);
    assert.equal(bob.heard.calls.length, 1);
  });

  it('loses what is in flight when a side goes offline, and delivers nothing of it later', async () => {
    const { alice, bob, time } = await meeting();
    send(alice, bob, 1);
    await time.advance(5);
    await bob.transport.setOnline(false);
    send(alice, bob, 2);
    await bob.transport.setOnline(true);
    await time.advance(100);
    assert.equal(send(alice, bob, 3), 'sent');
    await time.advance(100);
    assert.deepEqual(bob.heard.numbers(), [3]);
  });

  it('gives a whole new window to a new connection', async () => {
    const { alice, bob, time } = await meeting();
    while (send(alice, bob, 0) === 'sent');
    await bob.transport.setOnline(false);
    await bob.transport.setOnline(true);
    await time.advance(50);
    bob.heard.clear();
    for (let n = 0; n < PACKET_WINDOW; n++) assert.equal(send(alice, bob, n), 'sent');
    await time.advance(50);
    assert.equal(bob.heard.packets.length, PACKET_WINDOW);
  });
});

describe('virtual network: silence', () => {
  it('shows a peer that vanished for 31 s, with all packets to it lost', async () => {
    const { alice, bob, time } = await meeting();
    bob.transport.vanish();
    assert.equal(bob.transport.isOnline(), false);
    for (let n = 0; n < PACKET_WINDOW; n++) assert.equal(send(alice, bob, n), 'sent');
    assert.equal(send(alice, bob, PACKET_WINDOW), 'busy');
    const confirmed = alice.transport.sendMessage(bob.transport.self, 'normal', 'are you there?');
    await time.advance(30_999);
    assert.ok(sees(alice, bob));
    await time.advance(1);
    assert.equal(sees(alice, bob), false);
    assert.equal(await confirmed, false);
    assert.deepEqual(bob.heard.calls, []);
  });

  it('takes four more packets a second for a silent peer, and no more', async () => {
    const { alice, bob, time } = await meeting();
    bob.transport.vanish();
    let taken = 0;
    const fill = () => {
      while (send(alice, bob, taken) === 'sent') taken += 1;
    };
    alice.heard.whenWritable = fill;
    fill();
    await time.advance(10_000);
    assert.equal(taken, PACKET_WINDOW + 40);
  });

  it('replaces the connection of a peer that vanished and came back before it was missed', async () => {
    const { alice, bob, time } = await meeting();
    bob.transport.vanish();
    await time.advance(5000);
    send(alice, bob, 1);
    await bob.transport.start(bob.heard);
    await time.advance(40_000);
    assert.deepEqual(
      alice.heard.calls.map((call) => call.split(' ').at(-1)),
      ['false', 'true'],
    );
    send(alice, bob, 2);
    await time.advance(50);
    assert.deepEqual(bob.heard.numbers(), [2]);
  });

  it('lets the identity of a vanished member join again, whose old transport is dead then', async () => {
    const { network, alice, bob, time } = await meeting();
    bob.transport.vanish();
    const reborn = await join(network, 'bob');
    await time.advance(40_000);
    assert.ok(sees(alice, reborn) && sees(reborn, alice));
    await assert.rejects(bob.transport.start(bob.heard), codeOf('ErrClosed'));
    bob.transport.vanish();
    await bob.transport.leave();
    assert.equal(network.members().length, 2);
    assert.throws(() => network.join({ publicKey: keyOf('bob'), name: 'bob' }), codeOf('ErrIdentityInUse'));
  });
});
