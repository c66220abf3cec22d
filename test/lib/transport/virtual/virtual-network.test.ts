import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import { createPortableProvider } from '../../../../lib/crypto/providers/portable';
import { ToxAsyncError } from '../../../../lib/errors';
import { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';
import { PACKET_WINDOW } from '../../../../lib/transport/transport';
import {
  VirtualNetwork,
  type VirtualNetworkOptions,
} from '../../../../lib/transport/virtual/virtual-network';
import type { VirtualTransport } from '../../../../lib/transport/virtual/virtual-transport';
import { numbered, RecordingHandler } from '../../../../lib/testing/transport/recording-handler';
import { transportSuite } from '../../../../lib/testing/transport/transport-suite';

const crypto = createPortableProvider();
/** The public key that belongs to a word. */
const keyOf = (word: string) =>
  crypto.keyPairFromSecret(crypto.sha256(new TextEncoder().encode(word))).publicKey;

const codeOf = (code: string) => (error: unknown) => ToxAsyncError.is(error) && error.code === code;

transportSuite({ describe, it, after }, 'virtual network', async () => {
  const { network, time } = simulation();
  const a = network.join({ publicKey: keyOf('a'), name: 'a' });
  const b = network.join({ publicKey: keyOf('b'), name: 'b' });
  return {
    a,
    b,
    until: async (what, reached) => {
      for (let ms = 0; ms < 60_000 && !reached(); ms += 10) await time.advance(10);
      assert.ok(reached(), `not within a minute: ${what}`);
    },
    silence: () => b.vanish(),
    close: async () => {
      await a.leave();
      await b.leave();
    },
  };
});

function simulation(options: Partial<VirtualNetworkOptions> = {}) {
  const time = new SimulatedTime();
  const network = new VirtualNetwork({
    timers: time.timers,
    random: new SeededRandom(1),
    latencyMs: 10,
    ...options,
  });
  return { time, network };
}

interface Party {
  readonly transport: VirtualTransport;
  readonly heard: RecordingHandler;
}

async function join(network: VirtualNetwork, name: string, key = keyOf(name)): Promise<Party> {
  const transport = network.join({ publicKey: key, name });
  const heard = new RecordingHandler();
  await transport.start(heard);
  return { transport, heard };
}

/** Alice and Bob, who see each other. */
async function meeting(options?: Partial<VirtualNetworkOptions>) {
  const { network, time } = simulation(options);
  const alice = await join(network, 'alice');
  const bob = await join(network, 'bob');
  await time.advance(50);
  assert.ok(sees(alice, bob) && sees(bob, alice));
  alice.heard.clear();
  bob.heard.clear();
  return { network, time, alice, bob };
}

const sees = (one: Party, other: Party) => one.transport.isFriendOnline(other.transport.self);
const send = (from: Party, to: Party, n: number) => from.transport.sendPacket(to.transport.self, numbered(n));

describe('virtual network: members', () => {
  it('has as friends of each other only those that its options say', async () => {
    const { network, time } = simulation({ areFriends: (one, other) => one !== 'c' && other !== 'c' });
    const [a, b, c] = [await join(network, 'a'), await join(network, 'b'), await join(network, 'c')];
    await time.advance(100);
    assert.deepEqual(a.transport.friends().map(toHex), [toHex(keyOf('b'))]);
    assert.deepEqual(c.transport.friends(), []);
    assert.ok(a.transport.isFriendOnline(keyOf('b')) && b.transport.isFriendOnline(keyOf('a')));
    assert.ok(!a.transport.isFriendOnline(keyOf('c')));
    assert.equal(c.transport.sendPacket(keyOf('a'), new Uint8Array([160])), 'offline');
  });

  it('makes every member a friend of all others, under its name, online or not', () => {
    const { network } = simulation();
    const enter = (name: string) => network.join({ publicKey: keyOf(name), name });
    const [alice, bob] = [enter('alice'), enter('bob'), enter('carol')];
    assert.deepEqual(alice.friends(), [keyOf('bob'), keyOf('carol')]);
    assert.deepEqual(bob.friends(), [keyOf('alice'), keyOf('carol')]);
    assert.equal(alice.nameOf(keyOf('carol')), 'carol');
    assert.equal(alice.nameOf(keyOf('alice')), undefined);
    assert.equal(alice.nameOf(keyOf('dave')), undefined);
    assert.equal(alice.name, 'alice');
    assert.deepEqual(network.members()[2], { publicKey: keyOf('carol'), name: 'carol', online: false });
  });

  it('refuses a second identity of one name, and names both keys', () => {
    const { network } = simulation();
    network.join({ publicKey: keyOf('one'), name: 'sensor' });
    const short = (word: string) => toHex(keyOf(word)).slice(0, 8).toUpperCase();
    assert.throws(
      () => network.join({ publicKey: keyOf('other'), name: 'sensor' }),
      (error) =>
        codeOf('ErrAmbiguousFriend')(error) &&
        String(error).includes(short('one')) &&
        String(error).includes(short('other')) &&
        !String(error).includes(toHex(keyOf('other'))),
    );
    assert.equal(network.members().length, 1);
  });

  it('refuses an identity that is a member already, also under another name', () => {
    const { network } = simulation();
    network.join({ publicKey: keyOf('a'), name: 'a' });
    assert.throws(() => network.join({ publicKey: keyOf('a'), name: 'a' }), codeOf('ErrIdentityInUse'));
    assert.throws(() => network.join({ publicKey: keyOf('a'), name: 'b' }), codeOf('ErrIdentityInUse'));
  });

  it('refuses an unusable key, and a name that is blank, too long or reads as a key', () => {
    const { network } = simulation();
    assert.throws(() => network.join({ publicKey: new Uint8Array(32), name: 'a' }), codeOf('ErrInvalidKey'));
    for (const name of ['', '  ', 'é'.repeat(65), toHex(keyOf('b'))]) {
      assert.throws(() => network.join({ publicKey: keyOf('a'), name }), codeOf('ErrInvalidArgument'));
    }
  });

  it('tells the others when somebody joins or leaves, and gives the name free again', async () => {
    const { network, time } = simulation();
    const alice = await join(network, 'alice');
    const bob = await join(network, 'bob');
    await time.advance(50);
    await bob.transport.leave();
    await time.advance(50);
    assert.deepEqual(
      alice.heard.calls.filter((call) => !call.startsWith('friend ')),
      ['self true', 'friends', 'friends'],
    );
    assert.equal(sees(alice, bob), false);
    assert.deepEqual(alice.transport.friends(), []);
    await assert.rejects(bob.transport.start(bob.heard), codeOf('ErrClosed'));
    network.join({ publicKey: keyOf('another bob'), name: 'bob' });
  });
});

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
