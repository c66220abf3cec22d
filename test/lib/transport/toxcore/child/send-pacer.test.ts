import assert from 'node:assert/strict';
import { SendPacer } from '../../../../../lib/transport/toxcore/child/send-pacer';
import { CongestionModel, type Network } from '../support/congestion-model';

/** What a core of this machine has time for, packets a millisecond. */
const MOST = 8;

/** Packets a second that arrive in each of the seconds, while there is always more to send. */
function rates(network: Network, pacer: SendPacer | undefined, seconds: number): number[] {
  const model = new CongestionModel(network);
  const arrived = [0];
  for (let now = 1; now <= seconds * 1000; now += 1) {
    model.iterate(now);
    const room = Math.min(pacer?.room(now) ?? MOST, MOST);
    let count = 0;
    while (count < room) {
      if (!model.send()) {
        pacer?.refused(now);
        break;
      }
      count += 1;
    }
    pacer?.took(count);
    if (now % 1000 === 0) arrived.push(model.received);
  }
  return arrived.slice(1).map((total, i) => total - (arrived[i] ?? 0));
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Loses every so-many-th packet. */
const everyNth = (n: number) => {
  let sent = 0;
  return () => ++sent % n === 0;
};

describe("pacing below libtoxcore's congestion control", () => {
  it('changes nothing on a connection that loses nothing, near or far', () => {
    for (const rttMs of [2, 100, 300]) {
      const network = { rttMs, loses: () => false };
      assert.deepEqual(rates(network, new SendPacer(), 12), rates(network, undefined, 12), `${rttMs} ms`);
    }
  });

  it('lifts a connection that loses one packet in a hundred from 4 packets a second to hundreds', () => {
    for (const rttMs of [2, 30, 100]) {
      const alone = rates({ rttMs, loses: everyNth(100) }, undefined, 24).slice(-6);
      assert.ok(mean(alone) < 10, `the model is in the trap: ${alone.join()}`);
      const paced = rates({ rttMs, loses: everyNth(100) }, new SendPacer(), 24).slice(-6);
      assert.ok(mean(paced) > 400, `${rttMs} ms: ${paced.join()}`);
    }
  });

  it('comes near the full use of a link that is too narrow', () => {
    const perSecond = 300;
    const narrow = () => {
      let now = 0;
      let queue = 0;
      return {
        at: (then: number) => {
          queue = Math.max(0, queue - ((then - now) * perSecond) / 1000);
          now = then;
        },
        loses: () => (queue >= 50 ? true : ((queue += 1), false)),
      };
    };
    const through = (pacer: SendPacer | undefined) => {
      const link = narrow();
      const model = new CongestionModel({ rttMs: 30, loses: link.loses });
      let before = 0;
      for (let now = 1; now <= 30_000; now += 1) {
        link.at(now);
        model.iterate(now);
        const room = Math.min(pacer?.room(now) ?? MOST, MOST);
        let count = 0;
        while (count < room && model.send()) count += 1;
        if (count < room) pacer?.refused(now);
        pacer?.took(count);
        if (now === 12_000) before = model.received;
      }
      return (model.received - before) / 18;
    };
    assert.ok(through(undefined) < perSecond / 10);
    assert.ok(through(new SendPacer()) > perSecond * 0.8);
  });

  it('lets a friend who is written to now and then have everything at once', () => {
    const pacer = new SendPacer();
    for (let now = 0; now < 60_000; now += 500) {
      assert.equal(pacer.room(now), Infinity);
      pacer.took(40);
    }
  });

  it('does not take a sender who has less and less to say for a connection in trouble', () => {
    const pacer = new SendPacer();
    for (let now = 0; now < 6000; now += 50) {
      assert.equal(pacer.room(now), Infinity);
      pacer.took(Math.round(60 * 0.9 ** (now / 200)));
    }
  });

  it('stops when libtoxcore refuses, once it paces, and goes on within seconds', () => {
    const pacer = new SendPacer();
    // Less and less is taken, and always refused at the end.
    for (let now = 0; now < 6000; now += 50) {
      if (pacer.room(now) > 0) pacer.took(Math.round(60 * 0.9 ** (now / 200)));
      pacer.refused(now);
    }
    assert.equal(pacer.room(6001), 0);
    assert.equal(pacer.room(7500), 0);
    assert.ok(pacer.room(16_000) > 0);
    assert.ok(pacer.room(120_000) <= 64, 'no more at once than libtoxcore has room for after a pause');
  });
});
