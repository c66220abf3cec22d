import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { stranger } from '../support/fake-tox';
import { node, withChange } from '../support/flows';
import { until } from '../support/node-red';
import { ToxBench, toxFlow } from '../support/tox-bench';

describe('tox-transport on libtoxcore', function () {
  let bench: ToxBench;

  beforeEach(() => {
    bench = new ToxBench();
  });

  afterEach(() => bench.red.stop());

  it('hands its settings over: first nodes, protocols, port; and a proxy that nothing goes around', async () => {
    await bench.start({ protocol: 'tcp', port: '40000', localDiscovery: true });
    const { bootstrap, ...settings } = bench.tox.options.settings;
    assert.deepEqual(settings, { udp: false, localDiscovery: true, ports: { first: 40000, last: 40000 } });
    assert.ok(bootstrap.length > 5, 'the list of the package');

    const mine = [{ host: 'tox.example', port: 33445, key: 'ab'.repeat(32) }];
    await writeFile(path.join(bench.red.userDir, 'nodes.json'), JSON.stringify({ nodes: mine }));
    const proxied = { proxy: 'socks5', proxyHost: '', bootstrap: 'nodes.json', localDiscovery: true };
    await bench.red.deploy(toxFlow(proxied), 'nodes');
    await until('there is another transport', () => bench.made.length === 2);
    assert.deepEqual(bench.made[1]?.options.settings, {
      bootstrap: mine,
      proxy: { type: 'socks5', host: '127.0.0.1', port: 9050 },
    });
  });

  it('tells who we are and whether we are online, and shows it', async () => {
    await bench.started();
    await bench.red.status('statuses', 'net', 'connecting');
    bench.tox.connect();
    const self = await bench.red.wait(
      'out',
      ({ topic, payload }) => topic === 'tox/self' && payload === true,
    );
    assert.equal(self.toxId, bench.manager.toxId);
    assert.equal(self.self, Buffer.from(bench.manager.publicKey).toString('hex'));
    await bench.red.status('statuses', 'net', 'online 0/0');
  });

  it('goes offline and online when asked to, keeps to it, and tells when it really is', async () => {
    await bench.started();
    bench.tox.connect();
    assert.equal((await bench.act({ action: 'disconnect' })).payload, false);
    assert.equal(bench.tox.running, false);
    await bench.red.status('statuses', 'net', 'offline');
    await bench.red.status('statuses', 'ann-session', 'offline');
    await bench.red.deploy(toxFlow({ port: 40000 }), 'nodes');
    await until('there is another transport', () => bench.made.length === 2);
    await delay(50);
    assert.deepEqual(bench.made[1]?.calls, [], 'it stays offline');
    const answer = await bench.act({ action: 'connect' });
    assert.equal(answer.payload, false, 'libtoxcore runs, but is not connected yet');
    const before = bench.red.probes.all('out').length;
    bench.made[1].connect();
    await until('the flow hears', () => bench.red.probes.all('out').length > before);
    assert.equal(bench.red.probes.all('out').at(-1)?.payload, true);
  });

  for (const type of ['full', 'flows', 'nodes'] as const) {
    it(`keeps its connection through a redeploy (${type}) that does not change it`, async () => {
      await bench.started();
      const bob = stranger();
      await bench.act({ action: 'accept', friend: bob.key, name: 'Bob' });
      bench.tox.meet(bob.publicKey);
      await bench.red.deploy([...toxFlow(), node('send-async', 'another', 'ann-session')], type);
      bench.red.probes.clear('out');
      bench.tox.say(bob.publicKey, 'normal', 'still there?');
      await bench.red.wait('out', ({ topic }) => topic === 'tox/message');
      assert.equal(bench.made.length, 1);
      assert.ok(!bench.tox.calls.includes('stop'));
    });
  }

  it('loses no message and no request that comes while the nodes are replaced', async () => {
    await bench.started();
    const bob = stranger();
    await bench.act({ action: 'accept', friend: bob.key, name: 'Bob' });
    bench.tox.meet(bob.publicKey);
    const closed = new Promise<void>((resolve) => bench.red.node('net').on('close', () => resolve()));
    const deployed = bench.red.deploy(toxFlow());
    // What the runtime has in its queues as its nodes close, it drops: that is not ours.
    await closed;
    for (let i = 0; i < 20; i += 1) {
      bench.tox.say(bob.publicKey, 'normal', `${i}`);
      bench.tox.ask(stranger().publicKey, `${i}`);
      await delay(2);
    }
    await deployed;
    const heard = (topic: string) => bench.red.probes.all('out').filter((each) => each.topic === topic);
    await until(
      'all have come',
      () => heard('tox/message').length >= 20 && heard('tox/request').length >= 20,
    );
    const texts = Array.from({ length: 20 }, (_, i) => `${i}`);
    assert.deepEqual(
      heard('tox/message').map(({ payload }) => payload),
      texts,
    );
    assert.deepEqual(
      heard('tox/request').map(({ payload }) => payload),
      texts,
    );
  });

  it('makes a new connection when its settings change, after the old one has ended', async () => {
    await bench.started();
    await bench.red.deploy(withChange(toxFlow(), 'net', { protocol: 'tcp' }), 'nodes');
    await until('the new one runs', () => bench.made[1]?.running === true);
    assert.deepEqual([bench.tox.running, bench.tox.calls.at(-1)], [false, 'stop']);
  });
});
