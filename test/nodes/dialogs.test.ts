import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { MANIFEST, ROOT } from '../../scripts/support/project';

type Validator = (this: object, value: unknown, opt: object) => unknown;
type Defaults = Readonly<Record<string, { readonly validate?: Validator }>>;

interface Dialog {
  readonly defaults: Defaults;
  readonly oneditprepare: (this: object) => void;
  readonly oneditsave: (this: object) => void;
  readonly oneditcancel: (this: object) => void;
}

const HOSTILE = '<img src=x onerror="alert(1)">';

/** jQuery as far as a dialog needs it: fields have the values of `fields`, by selector; all else does nothing. */
function jQueryOf(fields: Readonly<Record<string, string>>) {
  return (selector: string): unknown => {
    const element: unknown = new Proxy(
      {},
      {
        get: (_target, name) =>
          name === 'val' ? () => fields[selector] ?? '' : name === 'toArray' ? () => [] : () => element,
      },
    );
    return element;
  };
}

/** What a node registers with the editor. */
function dialogOf(type: string, fields: Readonly<Record<string, string>> = {}): Dialog {
  const html = readFileSync(path.join(ROOT, 'nodes', `${type}.html`), 'utf8');
  const script = /<script type="text\/javascript">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
  let dialog: Dialog | undefined;
  const registerType = (_type: string, definition: Dialog) => {
    dialog = definition;
  };
  vm.runInNewContext(script, { RED: { nodes: { registerType } }, $: jQueryOf(fields) });
  assert.ok(dialog, `${type} registers nothing`);
  return dialog;
}

describe('What a dialog says of a wrong value', () => {
  // The editor shows it as HTML, and puts values into texts as they are.
  const node = {
    mode: 'libtoxcore',
    admission: 'list',
    role: 'everyone',
    _: (key: string, values: Record<string, string> = {}) => [key, ...Object.values(values)].join(' '),
  };

  it('holds no HTML of an imported flow', () => {
    const said: string[] = [];
    for (const type of Object.keys(MANIFEST['node-red'].nodes)) {
      for (const [field, { validate }] of Object.entries(dialogOf(type).defaults)) {
        const friends = [[{ name: HOSTILE, key: 'x' }], [{ name: '', key: HOSTILE }]];
        for (const value of field === 'friends' ? friends : [HOSTILE]) {
          const text = validate?.call(node, value, {});
          if (typeof text === 'string') said.push(text);
        }
      }
    }
    assert.ok(
      said.some((text) => text.includes('img src')),
      'a friend is named',
    );
    assert.deepEqual(
      said.filter((text) => /[<>&"]/.test(text)),
      [],
    );
  });
});

describe('The topic in the dialog of send-async', () => {
  const judge = (topic: unknown) =>
    dialogOf('send-async').defaults.topic?.validate?.call({ _: (key: string) => key }, topic, {});

  it('is what can travel: at most 255 bytes without control characters, or left to the message', () => {
    for (const topic of [undefined, '', 'garden/temperature', '${TOPIC}', 'ä'.repeat(127)]) {
      assert.equal(judge(topic), true, topic);
    }
    for (const topic of ['ä'.repeat(128), 'two\tcolumns', 'half \ud83d']) {
      assert.equal(judge(topic), 'send-async.error.topic');
    }
  });
});

describe('The time after which a message is overdue, in the dialog of send-async', () => {
  const judge = (time: unknown) =>
    dialogOf('send-async').defaults.overdueAfter?.validate?.call({ _: (key: string) => key }, time, {});

  it('is a number of seconds up to 14 days, or left to the message', () => {
    for (const time of [undefined, '', '300', 300, '1', 14 * 24 * 3600, '${OVERDUE}']) {
      assert.equal(judge(time), true, String(time));
    }
    for (const time of ['0', 14 * 24 * 3600 + 1, '5 min', '2030-01-31T12:00:00Z']) {
      assert.equal(judge(time), 'send-async.error.overdueAfter', String(time));
    }
  });
});

describe('A field whose meaning depends on another one', () => {
  const cases = [
    ['tox-transport', 'port', '#node-input-mode', 'mode', 'libtoxcore', 'virtual'],
    ['tox-transport', 'proxyPort', '#node-input-mode', 'mode', 'libtoxcore', 'virtual'],
    ['storage-node', 'allowed', '#node-config-input-admission', 'admission', 'list', 'manual'],
    ['storage-node', 'friendsCap', '#node-config-input-admission', 'admission', 'open', 'manual'],
    ['storage-node', 'friendsCap', '#node-config-input-role', 'role', 'everyone', 'friends'],
  ] as const;
  for (const [type, field, selector, other, strict, lenient] of cases) {
    it(`is judged by what the open dialog says now: ${field} with ${other}`, () => {
      const node = { id: 'n1', [other]: lenient };
      const elsewhere = { id: 'n2', [other]: lenient };
      const fields: Record<string, string> = { [selector]: lenient };
      const dialog = dialogOf(type, fields);
      const isValid = (of: object) =>
        dialog.defaults[field]?.validate?.call(of, 'nonsense', undefined as never);
      for (const close of [dialog.oneditsave, dialog.oneditcancel]) {
        fields[selector] = lenient;
        dialog.oneditprepare.call({ ...node, _: (key: string) => key });
        assert.equal(isValid(node), true);
        fields[selector] = strict;
        assert.equal(isValid(node), false);
        assert.equal(isValid(elsewhere), true, 'another node is judged by its own settings');
        close.call({ ...node });
        assert.equal(isValid(node), true);
      }
    });
  }
});
