import assert from 'node:assert/strict';
import { toHex } from '../../bytes';
import { PACKET_WINDOW } from '../../transport/transport';
import { numbered } from './recording-handler';
import { type TransportTest } from './transport-under-test';

/** Orderly ends, starts after them, and a friend who falls silent. They end the connection: they come last. */
export function endTests(test: TransportTest): void {
  test('says false for a message that was not confirmed before it stopped', async ({ a, b }) => {
    const confirmed = b.sendMessage(a.self, 'normal', 'on the way');
    await b.stop();
    assert.equal(await confirmed, false);
  });

  test('sees an orderly end of its friend soon, and takes nothing for it from then on', async ({
    a,
    aSends,
    atA,
    b,
    until,
  }) => {
    await until('the end', () => !a.isFriendOnline(b.self));
    await until('word of the end', () => atA.friends.get(toHex(b.self)) === false);
    assert.equal(aSends(numbered(1)), 'offline');
    assert.equal(await a.sendMessage(b.self, 'normal', 'too late'), false);
    assert.deepEqual(a.friends().map(toHex), [toHex(b.self)]);
  });

  test('is offline and silent when stopped, however often', async ({ a, atB, b }) => {
    await b.stop();
    assert.equal(b.isOnline(), false);
    assert.equal(b.isFriendOnline(a.self), false);
    assert.equal(b.sendPacket(a.self, numbered(1)), 'offline');
    assert.equal(await b.sendMessage(a.self, 'normal', 'hello?'), false);
    assert.deepEqual(atB.calls, []);
  });

  test('can be started again and meets its friend again', async ({ aSends, atB, b, meet, until }) => {
    await b.start(atB);
    await meet();
    aSends(numbered(42));
    await until('the packet', () => atB.packets.length === 1);
    assert.deepEqual(atB.numbers(), [42]);
  });

  test('takes a window of packets for a friend who fell silent, and in time sees that it is gone', async ({
    a,
    aSends,
    allAcknowledged,
    atA,
    b,
    silence,
    until,
  }) => {
    await allAcknowledged();
    silence();
    let taken = 0;
    while (aSends(numbered(taken)) === 'sent') taken += 1;
    assert.equal(taken, PACKET_WINDOW);
    const confirmed = a.sendMessage(b.self, 'normal', 'are you there?');
    await until('the end', () => !a.isFriendOnline(b.self));
    assert.equal(await confirmed, false);
    assert.equal(atA.friends.get(toHex(b.self)), false);
    assert.equal(aSends(numbered(1)), 'offline');
  });
}
