import assert from 'node:assert/strict';
import { toHex, type AsyncManager, type ReceivedContent, type ReceivedMessage } from '../../../lib/index';
import { flowMessage } from '../../../nodes/receive-async/message';
import { received } from '../support/fake-manager';

const manager: Pick<AsyncManager, 'nameOf'> = { nameOf: () => 'Ann' };

const flow = (content: ReceivedContent, label?: string, from = manager) =>
  flowMessage(from, { ...received(1), ...content, label });
const json = (jsonText: string): ReceivedContent => ({
  kind: 'json',
  content: JSON.parse(jsonText) as unknown,
  jsonText,
});
const nested = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`;

describe('A received message in a flow', () => {
  it('has the payload that was sent', () => {
    assert.equal(flow({ kind: 'text', content: 'leak' }).payload, 'leak');
    assert.equal(flow({ kind: 'action', content: 'waves' }).payload, 'waves');
    const { payload } = flow({ kind: 'binary', content: Uint8Array.of(0xff, 0) });
    assert.ok(Buffer.isBuffer(payload));
    assert.deepEqual([...payload], [0xff, 0]);
    for (const value of [5, null, false, 'text', [1, { a: 'b' }], {}]) {
      assert.deepEqual(flow(json(JSON.stringify(value))).payload, value);
    }
  });

  it('says of an action that it is one', () => {
    assert.equal(flow({ kind: 'action', content: 'waves' }).messageType, 'action');
    for (const content of [{ kind: 'text', content: 'x' } as const, json('1')]) {
      assert.equal(flow(content).messageType, 'normal');
    }
  });

  it('has the label of the sender for a topic, else the name or the key of the friend', () => {
    const text = { kind: 'text', content: 'x' } as const;
    assert.equal(flow(text, 'garden').topic, 'garden');
    assert.equal(flow(text).topic, 'Ann');
    assert.equal(flow(text, undefined, { nameOf: () => undefined }).topic, toHex(received(1).sender));
  });

  it('shares nothing with the message of another node', () => {
    const message = { ...received(1), ...json('{"deep":[1]}'), label: undefined } as ReceivedMessage;
    const [one, other] = [flowMessage(manager, message), flowMessage(manager, message)];
    (one.payload as { deep: number[] }).deep.push(2);
    assert.deepEqual(other.payload, { deep: [1] });
    const bytes: ReceivedMessage = {
      ...received(1),
      kind: 'binary',
      content: Uint8Array.of(1),
      label: undefined,
    };
    (flowMessage(manager, bytes).payload as Buffer).fill(9);
    assert.deepEqual([...(flowMessage(manager, bytes).payload as Buffer)], [1]);
  });

  it('has the text of JSON that is nested deeper than a flow can bear: 500 levels', () => {
    assert.notEqual(flow(json(nested(500))).payload, nested(500));
    for (const levels of [501, 100_000]) assert.equal(flow(json(nested(levels))).payload, nested(levels));
    const marks = JSON.stringify({ text: `\\"${'['.repeat(600)}`, 'a[': ['}'] });
    assert.deepEqual(flow(json(marks)).payload, JSON.parse(marks));
    const long = JSON.stringify('"\\'.repeat(60_000));
    assert.deepEqual(flow(json(long)).payload, JSON.parse(long));
  });
});
