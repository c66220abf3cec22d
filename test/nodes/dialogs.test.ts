import assert from 'node:assert/strict';
import { MANIFEST } from '../../scripts/support/project';
import { dialogOf, inBrowser, jQueryOf } from './support/browser-globals';

const HOSTILE = '<img src=x onerror="alert(1)">';

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
    dialogOf('send-async').defaults.topic?.validate?.call(
      { topicType: 'str', _: (key: string) => key },
      topic,
      {},
    );

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
    dialogOf('send-async').defaults.overdueAfter?.validate?.call(
      { overdueAfterType: 'seconds', _: (key: string) => key },
      time,
      {},
    );

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
      const dialog = dialogOf(type);
      const $ = Object.assign(jQueryOf(fields), { getJSON: () => jQueryOf()('') });
      const text = { _: (key: string) => key };
      const isValid = (of: object) =>
        inBrowser($, () => dialog.defaults[field]?.validate?.call({ ...of, ...text }, 'nonsense', undefined));
      for (const close of [dialog.oneditsave, dialog.oneditcancel]) {
        fields[selector] = lenient;
        inBrowser($, () => dialog.oneditprepare?.call({ ...node, ...text }));
        assert.equal(isValid(node), true);
        fields[selector] = strict;
        assert.equal(isValid(node), false);
        assert.equal(isValid(elsewhere), true, 'another node is judged by its own settings');
        inBrowser($, () => close?.call({ ...node, ...text }));
        assert.equal(isValid(node), true);
      }
    });
  }
});

describe('The rows of a database in the dialog of storage-node', () => {
  const dialog = dialogOf('storage-node');

  /** Selectors of rows, and whether the open dialog shows them. */
  function rowsWith(fields: Readonly<Record<string, string>>): ReadonlyMap<string, unknown> {
    const shown = new Map<string, unknown>();
    const plain = jQueryOf(fields);
    const watched = (selector: string): object => {
      const element = plain(selector) as object;
      const toggle = (on: unknown) => {
        shown.set(selector, on);
        return element;
      };
      return new Proxy(element, {
        get: (target, name) => (name === 'toggle' ? toggle : (Reflect.get(target, name) as unknown)),
      });
    };
    const $ = Object.assign(watched, { getJSON: () => jQueryOf()('') });
    const node = { id: 'n1', _: (key: string) => key };
    inBrowser($, () => {
      dialog.oneditprepare?.call(node);
      dialog.oneditcancel?.call(node);
    });
    return shown;
  }

  it('are there once mail is to lie in a database, and only where mail is kept', () => {
    const place = '#node-config-input-mailPlace';
    const role = '#node-config-input-role';
    const cases = [
      [{}, false],
      [{ [place]: 'postgresql' }, true],
      [{ [place]: 'postgresql', [role]: 'everyone' }, true],
      [{ [place]: 'postgresql', [role]: 'off' }, false],
    ] as const;
    for (const [fields, isThere] of cases) {
      assert.equal(rowsWith(fields).get('.tox-async-database'), isThere, JSON.stringify(fields));
    }
  });

  it('take a number of standbys from 0 to 100, or a variable', () => {
    const judge = (standbys: unknown) =>
      dialog.defaults.standbys?.validate?.call({ _: (key: string) => key }, standbys, {});
    for (const standbys of [undefined, '', '0', '2', 100, '${STANDBYS}']) {
      assert.equal(judge(standbys), true, String(standbys));
    }
    for (const standbys of ['-1', '101', '1.5', 'two']) {
      assert.equal(judge(standbys), 'storage-node.error.standbys', standbys);
    }
  });
});
