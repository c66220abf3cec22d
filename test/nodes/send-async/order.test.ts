import assert from 'node:assert/strict';
import vm from 'node:vm';
import { MessageType } from '../../../lib/index';
import { lifetimeOf as whole } from '../../../nodes/send-async/lifetime';
import { BUILD_DATE } from '../../../nodes/send-async/build-date';
import { cancelOrderOf } from '../../../nodes/send-async/cancel';
import { orderOf as orderOfSettings } from '../../../nodes/send-async/order';
import { sendSettings, type SendAsyncConfig } from '../../../nodes/send-async/send-settings';
import type { IncomingMessage } from '../../../nodes/runtime/runtime';
import type { Eventually } from '../../../nodes/runtime/typed/eventually';
import { FakeFlowValues } from '../support/fake-flow-values';

const NOW = Date.parse('2030-01-01T00:00:00Z');
const config = (more: Partial<SendAsyncConfig> = {}): SendAsyncConfig => ({
  id: 'send',
  type: 'send-async',
  name: '',
  z: 'tab',
  ...more,
});

/** What can be read at once is. */
const atOnce = <T>(value: Eventually<T>): T => {
  if (value instanceof Promise) throw new assert.AssertionError({ message: 'it comes later' });
  return value;
};
const settingsOf = (from: SendAsyncConfig) => sendSettings(from, new FakeFlowValues(), () => undefined);
const orderOf = (from: SendAsyncConfig, msg: IncomingMessage & Record<string, unknown>, now: number) =>
  atOnce(orderOfSettings(settingsOf(from), 'send', msg, now));
const lifetimeOf = (expires: unknown, now: number) => whole(expires, now).seconds;

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

  it('gives the default life to a time of day while the clock has not been set', () => {
    for (const now of [0, BUILD_DATE - 1]) {
      for (const expires of ['2030-01-31T12:00:00Z', new Date(NOW), '1970-01-01']) {
        assert.deepEqual(whole(expires, now), { seconds: undefined, clockUnset: true });
      }
      assert.deepEqual(whole(60, now), { seconds: 60, clockUnset: false }, 'seconds need no clock');
      assert.deepEqual(whole(undefined, now), { seconds: undefined, clockUnset: false });
      assert.throws(() => whole('soon', now), { code: 'ErrInvalidArgument' });
    }
    assert.throws(() => whole('1970-01-01', BUILD_DATE), { code: 'ErrInvalidArgument' });
  });
});

describe('The orders of a flow to send-async', () => {
  const msg = { _msgid: 'm', payload: 'x', friend: 'Ann', messageType: 'action', expires: 60, topic: 'leak' };

  it('comes from the message where the node says nothing', () => {
    const { friends, type, options } = orderOf(config(), msg, NOW);
    assert.deepEqual(friends, ['Ann']);
    assert.equal(type, MessageType.Action);
    assert.equal(options.lifetime, 60);
    assert.deepEqual(options.context, { node: 'send', msgid: 'm', topic: 'leak' });
  });

  it('comes from the node where it says something', () => {
    const own = config({ friend: 'Bob', messageType: 'normal', expires: '120', withoutKeys: 'error' });
    const { friends, type, options } = orderOf(own, msg, NOW);
    assert.deepEqual(friends, ['Bob']);
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

  it('has the payload in the form in which it comes out as it was: text, bytes or JSON', () => {
    const content = (payload: unknown) =>
      orderOf(config(), { _msgid: 'm', payload, friend: 'Ann' }, NOW).content;
    for (const [payload, expected] of [
      ['x', 'x'],
      [5, { json: 5 }],
      [null, { json: null }],
      [{ a: [true] }, { json: { a: [true] } }],
      [Buffer.from([0xff]), Uint8Array.of(0xff)],
      [new Date(0), '1970-01-01T00:00:00.000Z'],
      [new Error('the pump stands'), 'the pump stands'],
    ]) {
      assert.deepEqual(content(payload), expected);
    }
    for (const payload of [5, { a: 1 }, Buffer.from('x')]) {
      assert.throws(() => orderOf(config(), { ...msg, payload }, NOW), { code: 'ErrInvalidArgument' });
    }
  });

  it('is overdue when node or message say so, the node first; else never', () => {
    const after = (own: unknown, given: unknown) =>
      orderOf(config({ overdueAfter: own as string }), { ...msg, overdueAfter: given }, NOW).options
        .overdueAfter;
    for (const [own, given, expected] of [
      ['', undefined, undefined],
      [undefined, ' ', undefined],
      ['', 60, 60],
      ['', '1.5', 2],
      ['300', 60, 300],
      [14 * 24 * 3600, 'soon', 14 * 24 * 3600],
    ]) {
      assert.equal(after(own, given), expected);
    }
    for (const given of [0, -1, 'soon', '5 min', true, {}, [60], NaN, 14 * 24 * 3600 + 1]) {
      assert.throws(() => after('', given), { code: 'ErrInvalidArgument', message: /^overdueAfter must/ });
    }
  });

  it('replaces, drops and hurries when node or message say so, the node first; else not', () => {
    const options = (own: Partial<SendAsyncConfig>, given: object) => {
      const { replaces, urgent, whenFull } = orderOf(config(own), { ...msg, ...given }, NOW).options;
      return [replaces, urgent, whenFull];
    };
    const none = [undefined, undefined, undefined];
    assert.deepEqual(options({}, {}), none);
    assert.deepEqual(
      options({ replaces: '', urgent: '', whenFull: '' }, { replaces: ' ', whenFull: '' }),
      none,
    );
    const given = { replaces: 'reading', urgent: true, whenFull: 'drop-oldest' };
    assert.deepEqual(options({}, given), ['reading', true, 'drop-oldest']);
    assert.deepEqual(options({ replaces: 'own', urgent: 'false', whenFull: 'error' }, given), [
      'own',
      undefined,
      undefined,
    ]);
    assert.deepEqual(
      options({ urgent: 'true', whenFull: 'drop-oldest' }, { urgent: false, whenFull: 'error' }),
      [undefined, true, 'drop-oldest'],
    );
    assert.deepEqual(options({ replaces: 'room', replacesType: 'msg' }, { room: 'cellar' }), [
      'cellar',
      undefined,
      undefined,
    ]);
    for (const wrong of [{ replaces: {} }, { urgent: 'soon' }, { urgent: 1 }, { whenFull: 'drop' }]) {
      assert.throws(() => options({}, wrong), { code: 'ErrInvalidArgument' });
    }
    for (const wrong of [{ urgent: 'soon' }, { whenFull: 'drop' }]) {
      assert.throws(() => settingsOf(config(wrong)), { code: 'ErrNotConfigured' });
    }
  });

  it('compresses unless the node says no', () => {
    assert.equal(orderOf(config(), msg, NOW).options.compress, 'auto');
    assert.equal(orderOf(config({ compress: 'off' }), msg, NOW).options.compress, 'off');
  });

  it('takes the topic along as the label: the one of the node, else of the message', () => {
    assert.equal(orderOf(config(), msg, NOW).options.label, 'leak');
    const own = orderOf(config({ topic: ' garden ' }), msg, NOW);
    assert.deepEqual([own.options.label, own.isLabelLeftOut], ['garden', false]);
    assert.deepEqual(own.options.context, { node: 'send', msgid: 'm', topic: 'leak' });
    const spaced = orderOf(config(), { ...msg, topic: ' leak ' }, NOW);
    assert.equal(spaced.options.label, ' leak ', 'as it is');
  });

  it('goes without a topic that is none, and says so where there is one', () => {
    const left = (topic: unknown) => {
      const { options, isLabelLeftOut } = orderOf(config(), { ...msg, topic } as never, NOW);
      assert.equal(options.label, '');
      return isLabelLeftOut;
    };
    for (const topic of [undefined, null, '']) assert.equal(left(topic), false);
    for (const topic of [
      ' ',
      5,
      true,
      {},
      ['x'],
      'two\nlines',
      '\u0085',
      'ä'.repeat(128),
      '\uD83D',
      Symbol('x'),
    ]) {
      assert.equal(left(topic), true);
    }
  });

  it('is refused for a topic of the node that cannot travel', () => {
    for (const topic of ['two\nlines', 'ä'.repeat(128)]) {
      assert.throws(() => orderOf(config({ topic }), msg, NOW), { code: 'ErrPayload' });
    }
  });

  it('refuses any action but cancel: an order must not go out as a message', () => {
    const cancelled = (given: object, friend = '') =>
      atOnce(cancelOrderOf(settingsOf(config({ friend })), { ...msg, ...given }));
    for (const action of ['stop', 'retrieve', 1, {}, true]) {
      assert.throws(() => cancelled({ action }), { code: 'ErrInvalidArgument' });
    }
    for (const action of ['', null, undefined]) assert.equal(cancelled({ action }), undefined);
    const order = { action: 'cancel', messageId: '01'.repeat(32) };
    const cancel = new Uint8Array(32).fill(1);
    assert.deepEqual(cancelled({ ...order, friend: '' }), { cancel, friends: undefined });
    assert.deepEqual(cancelled({ ...order, friend: ['Ann', 'Bob'] }), { cancel, friends: ['Ann', 'Bob'] });
    assert.deepEqual(cancelled({ ...order, friend: 'Ann' }, 'Bob'), { cancel, friends: ['Bob'] });
    assert.throws(() => cancelled({ ...order, messageId: '01' }), { code: 'ErrInvalidArgument' });
  });

  it('is no order without a name of a friend, but a bad entry of a list stops none of the others', () => {
    for (const friend of [undefined, '', [], [undefined], new Array<string>(2)]) {
      assert.throws(() => orderOf(config(), { ...msg, friend }, NOW), { code: 'ErrInvalidArgument' });
    }
    const { friends, isList } = orderOf(config(), { ...msg, friend: ['Ann', '', {}, ' Bob '] }, NOW);
    assert.equal(isList, true);
    assert.deepEqual(
      friends.map((each) => (each instanceof Error ? 'bad' : each)),
      ['Ann', 'bad', 'bad', 'Bob'],
    );
  });

  it('is a bad setting of the node, when it is its own', () => {
    const bad: Partial<SendAsyncConfig>[] = [
      { messageType: 'shout' },
      { expires: 'soon' },
      { expires: '0' },
      { expires: 15 * 24 * 3600 },
      { overdueAfter: '0' },
      { overdueAfter: 'soon' },
      { withoutKeys: 'perhaps' },
      { compress: 'on' },
    ];
    for (const each of bad) assert.throws(() => settingsOf(config(each)), { code: 'ErrNotConfigured' });
    const past = config({ expires: '2029-12-31T23:59:59Z' });
    assert.throws(() => orderOf(past, msg, NOW), { code: 'ErrNotConfigured' });
    for (const field of [
      'friend',
      'messageType',
      'expires',
      'overdueAfter',
      'withoutKeys',
      'topic',
      'compress',
    ]) {
      assert.throws(() => settingsOf(config({ [field]: '${NOT_THERE}' })), {
        code: 'ErrEnvironment',
        message: /^Variable NOT_THERE is not set/,
      });
    }
  });

  it('refuses an unknown type, and leaves out a topic that cannot be kept', () => {
    assert.throws(() => orderOf(config(), { ...msg, messageType: 'shout' }, NOW), {
      code: 'ErrInvalidArgument',
    });
    const huge = { ...msg, topic: 'x'.repeat(5000) };
    assert.deepEqual(orderOf(config(), huge, NOW).options.context, { node: 'send', msgid: 'm' });
    for (const topic of [new Map(), () => 1, '\uD83D', Symbol('x'), NaN]) {
      const context = { node: 'send', msgid: 'm' };
      assert.deepEqual(orderOf(config(), { ...msg, topic } as never, NOW).options.context, context);
    }
  });
});
