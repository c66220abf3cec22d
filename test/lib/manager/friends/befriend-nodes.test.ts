import assert from 'node:assert/strict';
import { toHex } from '../../../../lib/bytes';
import { ToxAsyncError } from '../../../../lib/errors';
import type { AsyncManagerEvents } from '../../../../lib/manager/events';
import { BefriendNodes } from '../../../../lib/manager/friends/befriend-nodes';
import { Emitter } from '../../../../lib/platform/emitter';
import type { Store } from '../../../../lib/store/store';
import { MemoryVolume, openMemoryStore } from '../../../../lib/testing/memory-store';

const bob = new Uint8Array(32).fill(1);
const cat = new Uint8Array(32).fill(2);
const key = (number: number) => new Uint8Array(32).fill(number);
const nodeOf = (number: number) => ({ publicKey: key(number), toxId: `ID ${number}` });

describe('open nodes that friends fetch mail from', () => {
  let volume: MemoryVolume;
  let store: Store;
  let events: Emitter<AsyncManagerEvents>;
  let friends: Uint8Array[];
  /** Nodes that each friend names. */
  let named: [Uint8Array, number[]][];
  /** What the network says to a request. */
  let answer: (toxId: string) => boolean;
  let requests: string[];
  let warnings: string[];
  let befriend: BefriendNodes;

  beforeEach(() => {
    volume = new MemoryVolume();
    store = openMemoryStore(volume);
    [friends, requests, warnings] = [[bob, cat], [], []];
    named = [[bob, [10, 11]]];
    answer = () => true;
    open();
  });

  const isFriend = (pk: Uint8Array) => friends.some((friend) => toHex(friend) === toHex(pk));
  const namesOf = (friend: Uint8Array) =>
    named.filter(([who]) => toHex(who) === toHex(friend)).flatMap(([, nodes]) => nodes);

  function open(): void {
    events = new Emitter<AsyncManagerEvents>((error) => {
      throw error;
    });
    const components = {
      store,
      events,
      friends: { has: isFriend, list: () => friends.map((publicKey) => ({ publicKey })) },
      nodes: { openNodesOf: (friend: Uint8Array) => namesOf(friend).map(nodeOf) },
      log: { info: () => undefined, warn: (text: string) => warnings.push(text) },
    };
    befriend = new BefriendNodes(components, async (toxId) => {
      if (!answer(toxId)) return false;
      requests.push(toxId);
      friends.push(key(Number(toxId.slice(3))));
      return true;
    });
    befriend.follow();
  }

  const suggest = () => {
    events.emit('node-suggested', { friend: bob, node: key(10), toxId: 'ID 10' });
    return befriend.look();
  };

  it('are sent a friend request when a friend names them, once', async () => {
    await suggest();
    await suggest();
    assert.deepEqual(requests, ['ID 10', 'ID 11']);
  });

  it('are left alone while they are friends', async () => {
    friends.push(key(10));
    await suggest();
    assert.deepEqual(requests, ['ID 11']);
  });

  it('are not befriended again once the user removed them, after a restart neither', async () => {
    await suggest();
    friends = [bob, cat];
    await suggest();
    volume.crash();
    store = openMemoryStore(volume);
    open();
    await suggest();
    assert.deepEqual(requests, ['ID 10', 'ID 11']);
  });

  it('are four of one friend at most, as long as these are friends', async () => {
    named = [
      [bob, [10, 11, 12, 13, 14, 15]],
      [cat, [14]],
    ];
    await suggest();
    assert.deepEqual(requests, ['ID 10', 'ID 11', 'ID 12', 'ID 13', 'ID 14']);
    friends = friends.filter((friend) => friend[0] !== 11);
    await suggest();
    assert.deepEqual(requests.slice(5), ['ID 15']);
  });

  it('are 16 in all', async () => {
    friends = [3, 4, 5, 6, 7, 8].map(key);
    named = friends.map((friend, i) => [friend, [0, 1, 2].map((n) => 20 + 3 * i + n)]);
    await suggest();
    assert.equal(requests.length, 16);
  });

  it('lead to no others', async () => {
    named = [
      [bob, [10]],
      [key(10), [20, 21]],
    ];
    await suggest();
    await suggest();
    assert.deepEqual(requests, ['ID 10']);
  });

  it('are asked when we come online, if that was not possible before', async () => {
    answer = () => false;
    await suggest();
    assert.deepEqual(requests, []);
    answer = () => true;
    events.emit('transport-status', { attached: true, online: false });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(requests, []);
    events.emit('transport-status', { attached: true, online: true });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(requests, ['ID 10', 'ID 11']);
  });

  it('that cannot be asked hold up none of the others', async () => {
    answer = (toxId) => {
      if (toxId === 'ID 10') throw new ToxAsyncError('ErrInvalidToxId', 'no such node');
      return true;
    };
    await suggest();
    assert.deepEqual(requests, ['ID 11']);
    assert.match(
      warnings[0] ?? '',
      /^The open storage node 0A0A0A0A… could not be befriended: .*no such node/,
    );
  });
});
