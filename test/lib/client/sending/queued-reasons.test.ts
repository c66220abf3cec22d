import assert from 'node:assert/strict';
import { nodeOf } from '../support/depositor';
import type { OutboxEntry } from '../../../../lib/client/journal/outgoing/outbox';
import { QueuedReasons } from '../../../../lib/client/sending/queued-reasons';
import type { CodeWord } from '../../../../lib/protocol/codes';

describe('the reason why a message waits', () => {
  const all = {
    attached: true,
    isOnline: true,
    isPlainClient: false,
    hasKey: true,
    isHere: false,
    nodes: '',
    refusals: {} as Record<string, CodeWord>,
  };

  function reasonIn(situation: Partial<typeof all>, fields: Partial<OutboxEntry> = {}): string {
    const is = { ...all, ...situation };
    const entry: OutboxEntry = {
      sequence: 1,
      friend: new Uint8Array(32),
      messageId: new Uint8Array(32),
      type: 0,
      size: 1,
      lifetime: 60,
      acceptedAt: 0,
      createdAt: 0,
      copies: [],
      told: 0,
      ref: { slot: 1, serial: 1 },
      keys: [],
      stored: false,
      ...fields,
    };
    const reasons = new QueuedReasons({
      network: {
        attached: is.attached,
        isOnline: () => is.isOnline,
        isPlainClient: () => is.isPlainClient,
      },
      nodes: { candidates: () => Array.from(is.nodes, nodeOf) },
      forwardSecurity: { hasKeyFor: () => is.hasKey },
      outbox: { isSealing: () => false },
      direct: { isHere: () => is.isHere },
      deposits: { refusalOf: (_entry, [letter = 0]) => is.refusals[String.fromCharCode(letter)] },
    });
    const { reason = 'none', code = '' } = reasons.of(entry) ?? {};
    return `${reason} ${code}`.trim();
  }

  it('is the first of those that apply', () => {
    const worst = { attached: false, isOnline: false, isPlainClient: true, hasKey: false };
    assert.equal(reasonIn(worst), 'no-transport');
    assert.equal(reasonIn({ ...worst, attached: true }), 'not-connected');
    assert.equal(reasonIn({ isPlainClient: true, hasKey: false }), 'plain-client');
    assert.equal(reasonIn({ hasKey: false }), 'no-prekeys');
    assert.equal(reasonIn({}), 'no-storage-node');
  });

  it('is none for one that goes to the friend, lies on a node, or may go to one', () => {
    assert.equal(reasonIn({ isHere: true }), 'none');
    assert.equal(reasonIn({}, { stored: true, told: 1 }), 'none');
    assert.equal(reasonIn({ nodes: 'ab', refusals: { a: 'node-full' } }), 'none');
  });

  it('is a refusal when every node refuses, with the word of the best one', () => {
    assert.equal(reasonIn({ nodes: 'ab', refusals: { a: 'node-full', b: 'rate' } }), 'refused node-full');
    assert.equal(reasonIn({ nodes: 'ba', refusals: { a: 'node-full', b: 'rate' } }), 'refused rate');
  });

  it('counts a copy only while it is of the envelope that the message has now', () => {
    assert.equal(reasonIn({}, { stored: true, told: 0 }), 'no-storage-node');
  });
});
