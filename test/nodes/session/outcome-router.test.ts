import assert from 'node:assert/strict';
import type { Outcome } from '../../../lib/index';
import { OutcomeRouter } from '../../../nodes/session/outcome-router';

function outcomeOf(node: string, at: number): Outcome {
  const id = new Uint8Array(32);
  return {
    messageId: id,
    friend: id,
    state: 'stored',
    nodes: 1,
    wanted: 3,
    createdAt: 0,
    expiresAt: 0,
    at,
    context: { node },
  };
}

describe('the router of outcomes', () => {
  let router: OutcomeRouter;
  let heard: string[];

  beforeEach(() => {
    router = new OutcomeRouter();
    heard = [];
  });

  const register = (node: string) => router.register(node, ({ at }) => heard.push(`${node} ${at}`));
  const route = (node: string, at: number) => router.route(outcomeOf(node, at));

  it('keeps what comes while a node is redeployed', () => {
    register('a');
    router.unregister('a', false);
    route('a', 1);
    route('a', 2);
    assert.deepEqual(heard, []);
    register('a');
    route('a', 3);
    assert.deepEqual(heard, ['a 1', 'a 2', 'a 3']);
  });

  it('keeps nothing for a node that was removed, neither what was there nor what comes later', () => {
    register('a');
    router.unregister('a', false);
    route('a', 1);
    register('b');
    router.unregister('b', false);
    router.unregister('a', true);
    route('b', 2);
    // As many as are kept at most: none of them takes the place of what another waits for.
    for (let at = 10; at < 1_010; at += 1) route('a', at);
    register('a');
    register('b');
    assert.deepEqual(heard, ['b 2']);
    route('a', 3);
    assert.deepEqual(heard, ['b 2', 'a 3'], 'once it is there again');
  });

  it('keeps the newest 1,000', () => {
    for (let at = 0; at < 1_001; at += 1) route('a', at);
    register('a');
    assert.deepEqual([heard.length, heard[0]], [1_000, 'a 1']);
  });
});
