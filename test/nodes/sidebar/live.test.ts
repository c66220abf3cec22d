import assert from 'node:assert/strict';
import { SimulatedTime } from '../../../lib/testing/simulated-platform';
import { SignalList } from '../../../nodes/runtime/handlers/signal-list';
import { Live, LIVE_TOPIC } from '../../../nodes/sidebar/live';

describe('what editors hear of changes', () => {
  let time: SimulatedTime;
  let sessions: Map<string, { changed: SignalList }>;
  let registry: SignalList;
  let told: string[];

  const session = () => ({ changed: new SignalList() });
  const change = (id: string) => sessions.get(id)?.changed.emit();

  beforeEach(async () => {
    time = new SimulatedTime();
    registry = new SignalList();
    sessions = new Map([
      ['a', session()],
      ['b', session()],
    ]);
    told = [];
    new Live({
      timers: time.timers,
      sessions: { all: () => sessions, changed: registry },
      publish: (topic, { ids }) => {
        assert.equal(topic, LIVE_TOPIC);
        told.push(ids.join());
      },
    });
    await time.advance(1_000);
    told = [];
  });

  it('comes at once, then at most twice a second, and the last change is never left out', async () => {
    for (let i = 0; i < 100; i += 1) {
      change('a');
      await time.advance(100);
    }
    assert.ok(told.length <= 21 && told.length >= 20, String(told.length));
    told = [];
    await time.advance(100);
    change('a');
    change('b');
    await time.advance(1_000);
    assert.deepEqual(new Set(told.join().split(',')), new Set(['a', 'b']));
  });

  it('does not come while nothing changes', async () => {
    await time.advance(3_600_000);
    assert.deepEqual(told, []);
  });

  it('names a session that came, one that went, and one that was replaced; the old one is heard no more', async () => {
    const old = sessions.get('a');
    sessions.set('a', session());
    sessions.set('c', session());
    sessions.delete('b');
    registry.emit();
    await time.advance(1_000);
    assert.deepEqual(new Set(told.join().split(',')), new Set(['a', 'b', 'c']));
    told = [];
    old?.changed.emit();
    await time.advance(1_000);
    assert.deepEqual(told, []);
    change('c');
    assert.deepEqual(told, ['c']);
  });
});
