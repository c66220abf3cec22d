import assert from 'node:assert/strict';
import { toHex, type AsyncManager, type ReceivedContent, type ReceivedMessage } from '../../../lib/index';
import { flowMessage } from '../../../nodes/receive-async/message';
import type { PayloadFormat } from '../../../nodes/receive-async/payload';
import { received } from '../support/fake-manager';

const manager: Pick<AsyncManager, 'nameOf'> = { nameOf: () => 'Ann' };

const flow = (content: ReceivedContent, label?: string, from = manager) =>
  flowMessage(from, { ...received(1), ...content, label }, 'auto');
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
    const [one, other] = [flowMessage(manager, message, 'auto'), flowMessage(manager, message, 'auto')];
    (one.payload as { deep: number[] }).deep.push(2);
    assert.deepEqual(other.payload, { deep: [1] });
    const bytes: ReceivedMessage = {
      ...received(1),
      kind: 'binary',
      content: Uint8Array.of(1),
      label: undefined,
    };
    (flowMessage(manager, bytes, 'auto').payload as Buffer).fill(9);
    assert.deepEqual([...(flowMessage(manager, bytes, 'auto').payload as Buffer)], [1]);
  });

  it('has the text of JSON that is nested deeper than a flow can bear: 500 levels', () => {
    assert.notEqual(flow(json(nested(500))).payload, nested(500));
    for (const levels of [501, 100_000]) assert.equal(flow(json(nested(levels))).payload, nested(levels));
    const marks = JSON.stringify({ text: `\\"${'['.repeat(600)}`, 'a[': ['}'] });
    assert.deepEqual(flow(json(marks)).payload, JSON.parse(marks));
    const long = JSON.stringify('"\\'.repeat(60_000));
    assert.deepEqual(flow(json(long)).payload, JSON.parse(long));
  });

  const inForm = (content: ReceivedContent, format: PayloadFormat) =>
    flowMessage(manager, { ...received(1), ...content, label: undefined }, format).payload;
  const text = (content: string): ReceivedContent => ({ kind: 'text', content });
  const bytes = (content: string | number[]): ReceivedContent => ({
    kind: 'binary',
    content: new Uint8Array(Buffer.from(content as string)),
  });

  it('comes as text, a Buffer or an object where the node wants that', () => {
    for (const content of [text('{"a":[1]}'), bytes('{"a":[1]}'), json('{"a":[1]}')]) {
      assert.equal(inForm(content, 'string'), '{"a":[1]}');
      assert.deepEqual(inForm(content, 'buffer'), Buffer.from('{"a":[1]}'));
      assert.deepEqual(inForm(content, 'object'), { a: [1] });
    }
    assert.equal(inForm(text('null'), 'object'), null);
    assert.equal(inForm(json('null'), 'auto'), null);
  });

  it('comes as it was sent where it has no such form', () => {
    assert.deepEqual(inForm(bytes([0xff]), 'string'), Buffer.from([0xff]));
    assert.deepEqual(inForm(bytes([0xff]), 'object'), Buffer.from([0xff]));
    assert.equal(inForm(text('leak in {the} cellar'), 'object'), 'leak in {the} cellar');
    assert.deepEqual(inForm(bytes('no json'), 'object'), Buffer.from('no json'));
    assert.equal(inForm(text(nested(501)), 'object'), nested(501));
  });
});
