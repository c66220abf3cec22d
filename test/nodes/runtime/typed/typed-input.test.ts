import assert from 'node:assert/strict';
import { typedInput } from '../../../../nodes/runtime/typed/typed-input';
import { Turns, whenAll } from '../../../../nodes/runtime/typed/eventually';
import { FakeFlowValues } from '../../support/fake-flow-values';

const MSG = { _msgid: 'm', topic: 'from the message', other: { deep: 'x' } };

function inputOf(value: unknown, type: unknown, values = new FakeFlowValues()) {
  const own = {
    str: (typed: unknown) => typed,
    json: (typed: unknown) => JSON.parse(String(typed)) as unknown,
  };
  return typedInput(value, type, { what: 'The topic', property: 'topic', own, values });
}
const same = (value: unknown) => value;

describe('A typed input', () => {
  it('is filled by the usual property of the message where the node says nothing', () => {
    for (const [value, type] of [
      [undefined, undefined],
      ['', 'str'],
      [' ', 'flow'],
      ['topic', 'msg'],
    ]) {
      const input = inputOf(value, type);
      assert.equal(input.origin, 'message');
      assert.equal(input.read(MSG, same), 'from the message');
    }
  });

  it('is what was typed in, or another property of the message, at once', () => {
    const typed = inputOf('garden', 'str');
    assert.deepEqual([typed.origin, typed.read(MSG, same)], ['setting', 'garden']);
    const other = inputOf('other', 'msg');
    assert.deepEqual([other.origin, other.name, other.read(MSG, same)], ['flow', 'msg.other', { deep: 'x' }]);
  });

  it('is what the environment says, and names a variable that is not there', () => {
    const values = new FakeFlowValues();
    values.known.set('env.PLACE', 'cellar');
    assert.equal(inputOf('PLACE', 'env', values).read(MSG, same), 'cellar');
    for (const [value, type] of [
      ['NOWHERE', 'env'],
      ['${NOWHERE}', 'env'],
      ['${NOWHERE}', 'str'],
    ]) {
      assert.throws(() => inputOf(value, type), { code: 'ErrEnvironment', message: /NOWHERE is not set/ });
    }
  });

  it('is read from a context store that answers at once before anything can change it', () => {
    const values = new FakeFlowValues();
    const kept = { text: 'as it was' };
    values.known.set('flow.state', kept);
    const read = inputOf('state', 'flow', values).read(MSG, (value) => JSON.stringify(value));
    kept.text = 'changed';
    assert.equal(read, '{"text":"as it was"}');
  });

  it('waits for a store that answers later', async () => {
    const values = new FakeFlowValues();
    const later = inputOf('#:(disk)::state', 'global', values).read(MSG, same);
    assert.ok(later instanceof Promise);
    values.asked[0]?.answer(null, 'at last');
    assert.equal(await later, 'at last');
  });

  it('computes an expression with a copy of the message', () => {
    const values = new FakeFlowValues();
    const msg = { ...MSG, other: { deep: 'as it was' } };
    void inputOf('other.deep', 'jsonata', values).read(msg, same);
    msg.other.deep = 'changed';
    assert.deepEqual(Reflect.get(values.asked[0]?.msg ?? {}, 'other'), { deep: 'as it was' });
  });

  it('hears of an evaluation that failed, whatever form the fault has', async () => {
    for (const fault of [new Error('no such store'), { message: 'no such store' }, 'no such store']) {
      const values = new FakeFlowValues();
      const later = inputOf('x', 'flow', values).read(MSG, same);
      values.asked[0]?.answer(fault);
      await assert.rejects(Promise.resolve(later), {
        code: 'ErrInvalidArgument',
        message: 'The topic could not be evaluated: no such store',
      });
    }
  });

  it('is a bad setting when its type is unknown, or its value is none of its type', () => {
    for (const [value, type] of [
      ['x', 'riddle'],
      ['{', 'json'],
      ['(1', 'jsonata'],
    ]) {
      assert.throws(() => inputOf(value, type), { code: 'ErrNotConfigured', message: /^The topic / });
    }
  });
});

describe('Values that come at different times', () => {
  it('are put together at once when all are there, else when the last one has come', async () => {
    assert.equal(
      whenAll({ a: 1, b: 2 }, ({ a, b }) => a + b),
      3,
    );
    assert.equal(await whenAll({ a: Promise.resolve(1), b: 2 }, ({ a, b }) => a + b), 3);
  });

  it('have their turns in the order in which they were asked for, and a fault costs only its own', async () => {
    const turns = new Turns();
    const seen: string[] = [];
    let finish = (_: string): void => undefined;
    const slow = turns.take(new Promise<string>((resolve) => (finish = resolve))).then((x) => seen.push(x));
    const bad = turns.take(Promise.reject(new Error('no'))).catch(() => seen.push('bad'));
    const quick = turns.take('quick').then((x) => seen.push(x));
    await new Promise(setImmediate);
    assert.deepEqual(seen, []);
    finish('slow');
    await Promise.all([slow, bad, quick]);
    assert.deepEqual(seen, ['slow', 'bad', 'quick']);
  });
});
