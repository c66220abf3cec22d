import assert from 'node:assert/strict';
import vm from 'node:vm';
import { MessageType } from '../../../lib/index';
import { lifetimeOf } from '../../../nodes/send-async/lifetime';
import { orderOf, type SendAsyncConfig } from '../../../nodes/send-async/order';
import { payloadText } from '../../../nodes/runtime/payload';

const NOW = Date.parse('2030-01-01T00:00:00Z');
const config = (more: Partial<SendAsyncConfig> = {}): SendAsyncConfig => ({
  id: 'send',
  type: 'send-async',
  name: '',
  z: 'tab',
  ...more,
});

describe('The payload of send-async', () => {
  it('is sent as text, whatever it is', () => {
    assert.equal(payloadText(' Leck im Keller \u{1F4A7} '), ' Leck im Keller \u{1F4A7} ');
    assert.equal(payloadText(21.5), '21.5');
    assert.equal(payloadText(false), 'false');
    assert.equal(payloadText({ leak: true, at: [1, 2] }), '{"leak":true,"at":[1,2]}');
    assert.equal(payloadText(['a']), '["a"]');
    assert.equal(payloadText(Buffer.from('grün')), 'grün');
    assert.equal(payloadText(10n), '10');
    assert.equal(payloadText(vm.runInNewContext('new Uint8Array([104, 105])')), 'hi', 'of a Function node');
  });

  it('is refused when it is no text', () => {
    assert.throws(() => payloadText(undefined), { code: 'ErrMessageEmpty' });
    assert.throws(() => payloadText(null), { code: 'ErrMessageEmpty' });
    assert.throws(() => payloadText(Buffer.from([0xff, 0xfe, 0x00])), { code: 'ErrInvalidArgument' });
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    assert.throws(() => payloadText(circular), { code: 'ErrInvalidArgument' });
    assert.throws(() => payloadText(() => 'x'), { code: 'ErrInvalidArgument' });
    assert.throws(() => payloadText(Symbol('x')), { code: 'ErrInvalidArgument' });
    assert.throws(() => payloadText({ toJSON: () => undefined }), { code: 'ErrInvalidArgument' });
  });
});

describe('The expiry of send-async', () => {
  it('takes seconds and ISO times, as number or as text', () => {
    assert.equal(lifetimeOf(3600, NOW), 3600);
    assert.equal(lifetimeOf('3600', NOW), 3600);
    assert.equal(lifetimeOf('2030-01-01T01:00:00Z', NOW), 3600);
    assert.equal(lifetimeOf(new Date(NOW + 1_500), NOW), 2);
    assert.equal(lifetimeOf(vm.runInNewContext(`new Date(${NOW + 1_500})`), NOW), 2, 'of another realm');
    assert.equal(lifetimeOf('', NOW), undefined);
    assert.equal(lifetimeOf(undefined, NOW), undefined);
    assert.equal(lifetimeOf(14 * 24 * 3600, NOW), 14 * 24 * 3600);
  });

  it('refuses the past, more than 14 days, and nonsense', () => {
    for (const expires of [
      0,
      -1,
      14 * 24 * 3600 + 1,
      '2029-12-31T23:59:59Z',
      '2030-01-15T00:00:01Z',
      'soon',
      '1e300',
      {},
      new Date(NaN),
      Object.create(Date.prototype),
      NaN,
    ]) {
      assert.throws(() => lifetimeOf(expires, NOW), { code: 'ErrInvalidArgument' });
    }
  });
});

describe('What send-async is told', () => {
  const msg = { _msgid: 'm', payload: 'x', friend: 'Ann', messageType: 'action', expires: 60, topic: 'leak' };

  it('comes from the message where the node says nothing', () => {
    const { friend, type, options } = orderOf(config(), msg, NOW);
    assert.equal(friend, 'Ann');
    assert.equal(type, MessageType.Action);
    assert.equal(options.lifetime, 60);
    assert.deepEqual(options.context, { node: 'send', msgid: 'm', topic: 'leak' });
  });

  it('comes from the node where it says something', () => {
    const own = config({ friend: 'Bob', messageType: 'normal', expires: '120', withoutKeys: 'error' });
    const { friend, type, options } = orderOf(own, msg, NOW);
    assert.equal(friend, 'Bob');
    assert.equal(type, MessageType.Normal);
    assert.equal(options.lifetime, 120);
    assert.equal(options.withoutKeys, 'error');
  });

  it('has defaults: normal, 7 days, wait for keys', () => {
    const { type, options } = orderOf(config(), { _msgid: 'm', payload: 'x', friend: 'Ann' }, NOW);
    assert.equal(type, MessageType.Normal);
    assert.equal(options.lifetime, 7 * 24 * 3600);
    assert.equal(options.withoutKeys, 'queue');
  });

  it('refuses any action: an order must not go out as a message', () => {
    for (const action of ['cancel', 'retrieve', 1, {}, true]) {
      assert.throws(() => orderOf(config(), { ...msg, action }, NOW), { code: 'ErrInvalidArgument' });
    }
    for (const action of ['', null, undefined]) orderOf(config(), { ...msg, action }, NOW);
  });

  it('refuses an unknown type, and leaves out a topic that cannot be kept', () => {
    assert.throws(() => orderOf(config(), { ...msg, messageType: 'shout' }, NOW), {
      code: 'ErrInvalidArgument',
    });
    const huge = { ...msg, topic: 'x'.repeat(5000) };
    assert.deepEqual(orderOf(config(), huge, NOW).options.context, { node: 'send', msgid: 'm' });
  });
});
