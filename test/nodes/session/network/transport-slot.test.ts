import assert from 'node:assert/strict';
import { SimulatedTime } from '../../../../lib/testing/simulated-platform';
import type { Connection, NetworkEvent } from '../../../../nodes/session/network/connection';
import { BufferedEvents } from '../../../../nodes/session/network/buffered-events';
import { TransportSlot } from '../../../../nodes/session/network/transport-slot';

class FakeConnection implements Connection {
  readonly wanted = true;
  readonly tox = undefined;
  readonly events = new BufferedEvents<NetworkEvent>();
  closed = false;
  async connect(): Promise<void> {}
  async resume(): Promise<void> {}
  async send(): Promise<void> {}
  async disconnect(): Promise<void> {}
  async close(): Promise<void> {
    this.closed = true;
  }
}

describe("A session's one place for a transport", () => {
  let time: SimulatedTime;
  let slot: TransportSlot;
  let made: FakeConnection[];
  const attach = (node: string, key = 'same') =>
    slot.attach(node, key, async () => {
      const connection = new FakeConnection();
      made.push(connection);
      return connection;
    });

  beforeEach(() => {
    time = new SimulatedTime();
    slot = new TransportSlot(time.timers, (error) => {
      throw error;
    });
    made = [];
  });

  it('is the first node’s, and refused to the second', async () => {
    slot.enter('a', 'node a');
    slot.enter('b', 'node b');
    await assert.rejects(attach('b'), {
      code: 'ErrTransportAttached',
      message: /^Already connected by node a:/,
    });
    await attach('a');
    await assert.rejects(attach('b'), { code: 'ErrTransportAttached' });
  });

  it('is the second’s once the first is removed', async () => {
    slot.enter('a', 'node a');
    slot.enter('b', 'node b');
    await attach('a');
    await slot.leave('a', true);
    assert.equal(made[0]?.closed, true);
    await attach('b');
  });

  it('keeps its connection through a redeploy with the same settings', async () => {
    slot.enter('a', 'node a');
    const connection = await attach('a');
    await slot.leave('a', false);
    slot.enter('a', 'node a');
    assert.equal(await attach('a'), connection);
    await time.advance(20_000);
    assert.equal(made[0]?.closed, false);
  });

  it('keeps what the network tells while its node is being replaced', async () => {
    slot.enter('a', 'node a');
    const { events } = await attach('a');
    const heard: NetworkEvent[] = [];
    const message = (text: string): NetworkEvent => ({
      what: 'message',
      friend: new Uint8Array(32),
      type: 'normal',
      text,
    });
    events.listen((event) => heard.push(event));
    events.tell(message('before'));
    await slot.leave('a', false);
    events.tell(message('between'));
    assert.equal(heard.length, 1);
    slot.enter('a', 'node a');
    (await attach('a')).events.listen((event) => heard.push(event));
    assert.deepEqual(heard, [message('before'), message('between')]);
  });

  it('makes a new connection when the settings change', async () => {
    slot.enter('a', 'node a');
    await attach('a', 'one');
    await slot.leave('a', false);
    slot.enter('a', 'node a');
    await attach('a', 'two');
    assert.deepEqual(
      made.map(({ closed }) => closed),
      [true, false],
    );
  });

  it('stays with its node through a redeploy in which another one comes first', async () => {
    slot.enter('a', 'node a');
    const connection = await attach('a');
    await slot.leave('a', false);
    slot.enter('b', 'node b');
    slot.enter('a', 'node a');
    await assert.rejects(attach('b'), { code: 'ErrTransportAttached' });
    assert.equal(await attach('a'), connection);
  });

  it('closes the connection 10 s after its node left and did not come back', async () => {
    slot.enter('a', 'node a');
    await attach('a');
    await slot.leave('a', false);
    await time.advance(9_999);
    assert.equal(made[0]?.closed, false);
    await time.advance(2);
    assert.equal(made[0].closed, true);
  });
});
