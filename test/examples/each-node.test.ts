import assert from 'node:assert/strict';
import { startExample } from '../nodes/support/example-flow';
import { managerOf, met, until, type NodeRed } from '../nodes/support/node-red';

const CORE = [
  'common/20-inject',
  'common/25-catch',
  'common/25-status',
  'function/10-switch',
  'function/15-change',
];

describe('The example flow of each node', function () {
  // In a session's first minute a name that nobody has may still get an owner.
  this.timeout(120_000);
  let red: NodeRed;

  afterEach(() => red.stop());

  async function start(name: string, ...ids: string[]): Promise<void> {
    red = await startExample(name, { core: CORE });
    await met(red, ...ids);
  }

  /** What reached a probe so far. */
  const payloads = (probe: string) => red.probes.all(probe).map(({ payload }) => payload);

  it('send-async: a receipt, outcomes, both of a list, an error for a stranger, and mail for one who is away', async () => {
    await start('02-send-async', 'sa-alice', 'sa-bob', 'sa-carol');
    const alice = await managerOf(red, 'sa-alice');
    const outcomes = (state: string, name: string) =>
      red.probes.all('sa-outcome').filter((msg) => msg.payload === state && msg.receipt.friendName === name)
        .length;
    red.send('sa-stranger', {});
    red.send('sa-text', {});
    const { receipt } = await red.wait('sa-receipt');
    assert.equal(receipt.friendName, 'Bob');
    await until('Bob has the text', () => outcomes('delivered', 'Bob') === 1);
    red.send('sa-object', {});
    const timed = await red.wait('sa-receipt', (msg) => msg.receipt.messageId !== receipt.messageId);
    assert.equal(timed.receipt.expiresAt - timed.receipt.createdAt, 3_600_000);
    await until('Bob has the object', () => outcomes('delivered', 'Bob') === 2);
    red.send('sa-list', {});
    await until(
      'both have it',
      () => outcomes('delivered', 'Bob') === 3 && outcomes('delivered', 'Carol') === 1,
    );
    await until('both show it', () =>
      ['sa-bob-debug', 'sa-carol-debug'].every((probe) => payloads(probe).includes('waves')),
    );
    assert.deepEqual(payloads('sa-bob-debug'), ['Hello Bob', { temperature: 21.5 }, 'waves']);
    const [waves] = red.probes.all('sa-carol-debug');
    assert.deepEqual([waves?.payload, waves?.messageType], ['waves', 'action']);
    red.send('sa-off', {});
    await until('Bob is away', () => alice.counts().online === 1);
    red.send('sa-text', {});
    await until('it is stored', () => outcomes('stored', 'Bob') === 1);
    red.send('sa-on', {});
    await until('Bob has it', () => outcomes('delivered', 'Bob') === 4);
    await until('Bob shows it', () => payloads('sa-bob-debug').length === 4);
    const last = red.probes.all('sa-bob-debug').at(-1);
    assert.deepEqual([last?.payload, last?.topic], ['Hello Bob', 'greeting']);
    const { error } = await red.wait('sa-error', () => true, 90_000);
    assert.deepEqual([error.code, error.source.id], ['ErrUnknownFriend', 'sa-send']);
  });

  it('receive-async: one node is done at once, the other keeps a message until it is acknowledged', async () => {
    await start('03-receive-async', 'ra-dora', 'ra-emil');
    const dora = await managerOf(red, 'ra-dora');
    red.send('ra-text', {});
    assert.equal((await red.wait('ra-receipt')).receipt.friendName, 'Dora');
    const kept = await red.wait('ra-keep-debug');
    assert.equal((await red.wait('ra-all-debug')).messageId, kept.messageId);
    assert.deepEqual([kept.payload, kept.friendName], ['water the plants', 'Emil']);
    red.send('ra-again', {});
    const again = await red.wait('ra-keep-debug', ({ redelivered }) => redelivered === true);
    assert.equal(again.messageId, kept.messageId);
    assert.equal(dora.snapshot().inbox.length, 1);
    red.send('ra-ack', {});
    await until('it is acknowledged', () => dora.snapshot().inbox.length === 0);
    assert.deepEqual(payloads('ra-all-debug'), ['water the plants']);
  });

  it('tox-transport: who is a friend, and who comes and goes', async () => {
    await start('04-tox-transport', 'tt-jo', 'tt-kim');
    const { publicKey } = await managerOf(red, 'tt-kim');
    red.send('tt-list', {});
    const friends = (await red.wait('tt-friends')).payload;
    assert.deepEqual(friends, [
      { friend: Buffer.from(publicKey).toString('hex'), friendName: 'Kim', online: true },
    ]);
    const heard = (probe: string, payload: boolean) => {
      red.probes.clear(probe);
      return (topic: string) => red.wait(probe, (msg) => msg.topic === topic && msg.payload === payload);
    };
    for (const [button, online] of [
      ['tt-kim-off', false],
      ['tt-kim-on', true],
    ] as const) {
      const [status, self] = [heard('tt-status', online), heard('tt-kim-self', online)];
      red.send(button, {});
      assert.equal((await status('tox/status')).friendName, 'Kim');
      await self('tox/self');
    }
    for (const [button, online] of [
      ['tt-jo-off', false],
      ['tt-jo-on', true],
    ] as const) {
      const self = heard('tt-self', online);
      red.send(button, {});
      await self('tox/self');
    }
  });

  it('prekey-exchange: whether a message would go out, and what an exchange did', async () => {
    await start('05-prekey-exchange', 'pe-fay', 'pe-gus');
    const fay = await managerOf(red, 'pe-fay');
    const codes = async (button: string) => {
      red.probes.clear('pe-answer');
      red.send(button, {});
      const { payload, exchange } = await red.wait('pe-answer');
      return { codes: (payload as { code: string }[]).map(({ code }) => code), exchange };
    };
    const event = await red.wait('pe-event', ({ topic }) => topic === 'keys/exchanged');
    assert.equal(event.friendName, 'Gus');
    assert.deepEqual(await codes('pe-status'), { codes: ['direct'], exchange: undefined });
    for (const button of ['pe-exchange', 'pe-refresh']) {
      const { exchange } = await codes(button);
      assert.deepEqual(
        exchange.map(({ friendName, state }) => [friendName, state]),
        [['Gus', 'not-needed']],
      );
    }
    red.send('pe-use', {});
    assert.equal((await red.wait('pe-receipt')).receipt.friendName, 'Gus');
    await until('it is delivered', () => fay.counts().unfinished === 0);
    red.send('pe-off', {});
    await until('Gus is away', () => fay.counts().online === 0);
    const { exchange } = await codes('pe-exchange');
    assert.equal(exchange[0]?.state, 'offline');
    assert.deepEqual((await codes('pe-status')).codes, ['no-storage-node']);
    red.send('pe-on', {});
    await until('Gus is back', () => fay.counts().online === 1);
  });

  it('storage-node: the archive keeps a note, and hands it over when its sender is gone', async () => {
    await start('06-storage-node', 'sn-hal', 'sn-ida', 'sn-archive');
    const hal = await managerOf(red, 'sn-hal');
    const archive = await managerOf(red, 'sn-archive');
    red.send('sn-ida-off', {});
    await until('Ida is away', () => hal.counts().online === 1 && archive.counts().online === 1);
    red.send('sn-text', {});
    assert.equal((await red.wait('sn-receipt')).receipt.friendName, 'Ida');
    await red.wait('sn-outcome', ({ payload }) => payload === 'stored');
    red.send('sn-hal-off', {});
    await until('Hal is away', () => archive.counts().online === 0);
    red.send('sn-ida-on', {});
    const note = await red.wait('sn-note');
    assert.deepEqual([note.payload, note.friendName, note.via], ['See you at eight', 'Hal', 'stored']);
    red.send('sn-hal-on', {});
    await red.wait('sn-outcome', ({ payload }) => payload === 'delivered');
    red.send('sn-archive-off', {});
    await red.status('sn-status-debug', 'sn-archive-net', /offline/);
    red.send('sn-archive-on', {});
    await until('the archive is back', () => archive.counts().online === 2);
    assert.deepEqual(red.probes.all('sn-error'), []);
  });
});
