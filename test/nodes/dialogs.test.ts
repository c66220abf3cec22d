import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { MANIFEST, ROOT } from '../../scripts/support/project';

type Validator = (this: object, value: unknown, opt: object) => unknown;
type Defaults = Readonly<Record<string, { readonly validate?: Validator }>>;

const HOSTILE = '<img src=x onerror="alert(1)">';

/** What a node's dialog registers with the editor. */
function defaultsOf(type: string): Defaults {
  const html = readFileSync(path.join(ROOT, 'nodes', `${type}.html`), 'utf8');
  const script = /<script type="text\/javascript">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
  let defaults: Defaults | undefined;
  const registerType = (_type: string, definition: { readonly defaults: Defaults }) => {
    defaults = definition.defaults;
  };
  vm.runInNewContext(script, { RED: { nodes: { registerType } } });
  assert.ok(defaults, `${type} registers nothing`);
  return defaults;
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
      for (const [field, { validate }] of Object.entries(defaultsOf(type))) {
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
