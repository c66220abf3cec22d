import assert from 'node:assert/strict';
import { SeededRandom } from '../../../../lib/testing/simulated-platform';
import { PACKET_WINDOW } from '../../../../lib/transport/transport';
import { join, keyOf, meeting, sees, send, simulation } from '../support/virtual-parties';

describe('virtual network: faults', () => {
  it('holds everything back in a partition, and loses nothing when it heals before 31 s', async () => {
    const { network, alice, bob, time } = await meeting();
    network.partition(keyOf('bob'), keyOf('alice'));
    send(alice, bob, 1);
    const confirmed = alice.transport.sendMessage(bob.transport.self, 'action', 'waits');
    await time.advance(20_000);
    send(alice, bob, 2);
    assert.deepEqual(bob.heard.calls, []);
    network.heal(keyOf('alice'), keyOf('bob'));
    await time.advance(20_000);
    assert.deepEqual(bob.heard.numbers(), [1, 2]);
    assert.equal(await confirmed, true);
    assert.deepEqual(alice.heard.calls, []);
  });

  it('ends the connection on both sides after 31 s of partition, and for others not at all', async () => {
    const { network, alice, bob, time } = await meeting();
    const carol = await join(network, 'carol');
    await time.advance(50);
    network.partition(keyOf('alice'), keyOf('bob'));
    send(alice, bob, 1);
    await time.advance(30_999);
    assert.ok(sees(alice, bob) && sees(bob, alice));
    await time.advance(1);
    assert.ok(!sees(alice, bob) && !sees(bob, alice));
    assert.ok(sees(alice, carol) && sees(bob, carol) && sees(carol, alice));
    await alice.transport.setOnline(false);
    await alice.transport.setOnline(true);
    await time.advance(50);
    assert.ok(!sees(alice, bob) && sees(alice, carol));
    network.heal(keyOf('alice'), keyOf('bob'));
    await time.advance(50);
    assert.ok(sees(alice, bob) && sees(bob, alice));
    assert.deepEqual(bob.heard.packets, []);
  });

  it('does not let a goodbye through a partition', async () => {
    const { network, alice, bob, time } = await meeting();
    network.partition(keyOf('alice'), keyOf('bob'));
    await time.advance(1000);
    await bob.transport.stop();
    network.heal(keyOf('alice'), keyOf('bob'));
    await time.advance(30_999);
    assert.ok(sees(alice, bob));
    await time.advance(1);
    assert.ok(!sees(alice, bob));
  });

  it('drops a connection: both sides see it at once, lose what is in flight and reconnect', async () => {
    const { network, alice, bob, time } = await meeting();
    send(alice, bob, 1);
    await time.advance(5);
    network.drop(keyOf('alice'), keyOf('bob'));
    assert.ok(!sees(alice, bob) && !sees(bob, alice));
    await time.advance(50);
    assert.ok(sees(alice, bob) && sees(bob, alice));
    assert.deepEqual(bob.heard.packets, []);
  });

  it('needs one trip to deliver and two to acknowledge', async () => {
    const { alice, bob, time, network } = await meeting();
    network.conditions.latencyMs = 100;
    while (send(alice, bob, 0) === 'sent');
    await time.advance(99);
    assert.equal(bob.heard.packets.length, 0);
    await time.advance(1);
    assert.equal(bob.heard.packets.length, PACKET_WINDOW);
    await time.advance(99);
    assert.equal(alice.heard.writable, 0);
    await time.advance(1);
    assert.equal(alice.heard.writable, 1);
  });

  it('keeps the order when trips take unequal times', async () => {
    const { network, alice, bob, time } = await meeting();
    network.conditions.jitterMs = 500;
    for (let n = 0; n < 40; n++) {
      send(alice, bob, n);
      await time.advance(5);
    }
    await time.advance(1000);
    assert.deepEqual(bob.heard.numbers(), [...Array(40).keys()]);
  });

  it('breaks connections under the traffic by chance, always with a gap that both sides heard of', async () => {
    const { alice, bob, time } = await meeting({ faults: { breakChance: 0.2 } });
    for (let n = 0; n < 100; n++) {
      send(alice, bob, n);
      await time.advance(50);
    }
    const numbers = bob.heard.numbers();
    const breaks = bob.heard.calls.filter((call) => call.endsWith('false')).length;
    assert.ok(breaks > 5 && breaks < 50, `${breaks} breaks`);
    assert.equal(numbers.length, 100 - breaks);
    assert.deepEqual(
      numbers,
      [...new Set(numbers)].sort((x, y) => x - y),
    );
  });

  it('replays exactly for the same seed, and differently for another', async () => {
    const run = async (seed: number) => {
      const { network, time } = simulation({
        random: new SeededRandom(seed),
        faults: { jitterMs: 80, breakChance: 0.1 },
      });
      const parties = [];
      for (const name of ['alice', 'bob', 'carol']) parties.push(await join(network, name));
      for (let n = 0; n < 60; n++) {
        for (const from of parties) for (const to of parties) send(from, to, n);
        if (n === 20) network.partition(keyOf('alice'), keyOf('bob'));
        if (n === 25) parties[2]?.transport.vanish();
        if (n === 40) network.heal(keyOf('alice'), keyOf('bob'));
        await time.advance(20);
      }
      return parties.map((party) => party.heard.calls);
    };
    const first = await run(5);
    assert.deepEqual(await run(5), first);
    assert.notDeepEqual(await run(6), first);
  });
});
