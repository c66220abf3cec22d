import assert from 'node:assert/strict';
import { Bootstrapper, type Entrance } from '../../../../../lib/transport/toxcore/child/bootstrapper';

const node = (n: number, tcpPorts?: number[]) => ({
  host: `10.0.0.${n}`,
  port: 1000 + n,
  key: 'AB'.repeat(32),
  ...(tcpPorts ? { tcpPorts } : {}),
});

/** A bootstrapper and what it asked for, turned once a second. */
function seeker(nodes = [node(1)], lookUp = true) {
  const asked: string[] = [];
  const entrance: Entrance = {
    bootstrap: (host, port) => asked.push(`udp ${host}:${port}`) > 0,
    addRelay: (host, port) => asked.push(`tcp ${host}:${port}`) > 0,
  };
  let picks = 0;
  const bootstrapper = new Bootstrapper({ nodes, lookUp, random: (below) => (picks += 1) % below });
  let now = 0;
  const turns = async (seconds: number, missing: 'network' | 'friends' | undefined) => {
    const before = asked.length;
    for (let i = 0; i < seconds; i += 1, now += 1000) bootstrapper.turn(now, missing, () => entrance);
    await new Promise((resolve) => setImmediate(resolve));
    return asked.slice(before).filter((word) => word.startsWith('udp')).length;
  };
  return { bootstrapper, asked, turns };
}

describe('search for the network', () => {
  it('asks every 3 s for two minutes, then every 30 s, for as long as it takes', async () => {
    const { turns } = seeker();
    assert.equal(await turns(30, 'network'), 10);
    assert.equal(await turns(87, 'network'), 29);
    assert.equal(await turns(600, 'network'), 20);
    assert.equal(await turns(600, 'network'), 20);
  });

  it('asks for friends who are missing for two minutes only: they may be offline for long', async () => {
    const { turns } = seeker();
    assert.equal(await turns(600, 'friends'), 40);
    assert.equal(await turns(600, 'friends'), 0);
  });

  it('asks nobody when nothing is missing, and quickly again when a connection ends', async () => {
    const { turns, bootstrapper } = seeker();
    await turns(600, 'friends');
    assert.equal(await turns(60, undefined), 0);
    assert.equal(await turns(30, 'friends'), 10);
    await turns(600, 'friends');
    bootstrapper.again();
    assert.ok((await turns(30, 'friends')) >= 9);
  });

  it('asks four nodes at a time, different ones, by UDP and as TCP relays', async () => {
    const { turns, asked } = seeker([node(1, [443, 3389]), ...[2, 3, 4, 5, 6].map((n) => node(n))]);
    await turns(1, 'network');
    const udp = asked.filter((word) => word.startsWith('udp'));
    assert.equal(new Set(udp).size, 4);
    await turns(60, 'network');
    for (const word of ['tcp 10.0.0.1:443', 'tcp 10.0.0.1:3389', 'tcp 10.0.0.2:1002'])
      assert.ok(asked.includes(word), word);
    assert.ok(!asked.includes('tcp 10.0.0.1:1001'));
  });

  it('looks no name up when a proxy is used: that would go around it', async () => {
    const { turns, asked } = seeker([{ ...node(1), host: 'localhost' }, node(2)], false);
    await turns(10, 'network');
    assert.deepEqual(new Set(asked), new Set(['udp 10.0.0.2:1002', 'tcp 10.0.0.2:1002']));
  });

  it('does nothing when libtoxcore has ended by then', async () => {
    const { bootstrapper, asked } = seeker();
    bootstrapper.turn(0, 'network', () => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(asked, []);
  });
});
