import assert from 'node:assert/strict';
import { PACKET_WINDOW } from '../../../../../lib/transport/transport';
import type { FriendState, Order } from '../../../../../lib/transport/toxcore/process-messages';
import { packPackets } from '../../../../../lib/transport/toxcore/packet-batch';
import { PeerTable } from '../../../../../lib/transport/toxcore/parent/peer-table';

const key = (n: number) => new Uint8Array(32).fill(n);
const state = (number: number, n: number, more: Partial<FriendState> = {}): FriendState => ({
  number,
  publicKey: key(n),
  name: '',
  statusMessage: '',
  status: 'available',
  lastOnline: 0,
  ...more,
});

function table() {
  const orders: Order[] = [];
  const peers = new PeerTable((order) => orders.push(order));
  return { orders, peers };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const packet = Uint8Array.of(177);

describe('table of friends in libtoxcore', () => {
  it('says whether the set of friends is another, whatever else is', () => {
    const { peers } = table();
    assert.equal(peers.update([state(0, 1), state(1, 2)]), true);
    assert.equal(peers.update([state(1, 1, { name: 'Anna' }), state(0, 2)]), false);
    assert.equal(peers.update([state(0, 2), state(1, 3)]), true);
    assert.deepEqual(
      peers.keys().map((publicKey) => publicKey[0]),
      [2, 3],
    );
    assert.equal(peers.get(key(1)), undefined);
    assert.deepEqual(peers.numbered(1)?.state.publicKey, key(3));
  });

  it('knows a friend that was never online as such, and forgets no later time for an earlier one', () => {
    const { peers } = table();
    peers.update([state(0, 1)]);
    assert.equal(peers.details()[0]?.lastOnline, undefined);
    peers.update([state(0, 1, { lastOnline: 1_764_000_000 })]);
    peers.update([state(0, 1, { lastOnline: 1_763_000_000 })]);
    assert.equal(peers.details()[0]?.lastOnline, 1_764_000_000_000);
  });

  it('hands over what one caller sends at once as one order, for the connection it was meant for', async () => {
    const { peers, orders } = table();
    peers.update([state(5, 1)]);
    const peer = peers.get(key(1))!;
    assert.equal(peer.sendPacket(packet), 'offline');
    peer.connected(7);
    for (let n = 0; n < 3; n += 1) assert.equal(peer.sendPacket(packet), 'sent');
    await settled();
    const packets = packPackets([packet, packet, packet]);
    assert.deepEqual(orders, [{ kind: 'packets', friend: 5, link: 7, packets }]);
  });

  it('uses the memory of packets again that have left, and of no others', async () => {
    const leaving: { packets: Uint8Array; onWritten: (() => void) | undefined }[] = [];
    const peers = new PeerTable((order, onWritten) => {
      if (order.kind === 'packets') leaving.push({ packets: order.packets, onWritten });
    });
    peers.update([state(5, 1)]);
    const peer = peers.get(key(1))!;
    peer.connected(7);
    const send = async () => {
      peer.sendPacket(packet);
      await settled();
      return leaving.at(-1) ?? assert.fail('no order');
    };
    const [first, second] = [await send(), await send()];
    assert.notEqual(second.packets.buffer, first.packets.buffer);
    first.onWritten?.();
    assert.equal((await send()).packets.buffer, first.packets.buffer);
  });

  it('sends a message behind the packets before it', async () => {
    const { peers, orders } = table();
    peers.update([state(0, 1)]);
    const peer = peers.get(key(1))!;
    peer.connected(1);
    peer.sendPacket(packet);
    assert.equal(peer.sendMessage('normal', 'hello', 9), true);
    peer.sendPacket(packet);
    await settled();
    assert.deepEqual(
      orders.map(({ kind }) => kind),
      ['packets', 'message', 'packets'],
    );
  });

  it('opens the window by what libtoxcore took on this connection, not on an earlier one', () => {
    const { peers } = table();
    peers.update([state(0, 1)]);
    const peer = peers.get(key(1))!;
    peer.connected(1);
    for (let n = 0; n < PACKET_WINDOW; n += 1) peer.sendPacket(packet);
    assert.equal(peer.taken(1, 1), false);
    assert.equal(peer.sendPacket(packet), 'sent');
    assert.equal(peer.sendPacket(packet), 'busy');
    assert.equal(peer.taken(0, 10), false);
    assert.equal(peer.sendPacket(packet), 'busy');
    assert.equal(peer.taken(1, 10), false);
    assert.equal(peer.taken(1, PACKET_WINDOW / 4 - 10), true);
    assert.equal(peer.sendPacket(packet), 'sent');
  });

  it('drops what waited when the connection ends, and tells who was connected', async () => {
    const { peers, orders } = table();
    peers.update([state(0, 1), state(1, 2)]);
    const peer = peers.get(key(2))!;
    peer.connected(1);
    peer.sendPacket(packet);
    assert.deepEqual(peers.disconnectAll(), [key(2)]);
    await settled();
    assert.deepEqual(orders, []);
    assert.equal(peer.sendMessage('normal', 'hello', 1), false);
  });
});
