import path from 'node:path';
import { ROOT } from '../../../scripts/support/project';

export interface DialogNode extends Record<string, unknown> {
  readonly id?: string;
}

/** What a node's file gives the editor, as far as the tests look at it. */
export interface DialogDefinition {
  readonly defaults: Readonly<
    Record<
      string,
      {
        readonly value: unknown;
        readonly validate?: (this: object, value: unknown, opt?: unknown) => unknown;
      }
    >
  >;
  readonly label: (this: object) => string;
  readonly paletteLabel: (this: object) => string;
  readonly oneditprepare?: (this: object) => void;
  readonly oneditsave?: (this: object) => void;
  readonly oneditcancel?: (this: object) => void;
}

interface Browser {
  readonly $: unknown;
  readonly RED: object;
  readonly document: object;
}

/** The editor as far as the dialogs need it: no session runs, and no config node is there but these. */
function editor(configNodes: ReadonlyMap<string, object>, said: string[]): object {
  return {
    _: (key: string, values: object = {}) => [key, ...Object.values(values).map(String)].join(' '),
    events: { on: () => undefined },
    nodes: { node: (id: string) => configNodes.get(id) ?? null },
    tabs: { create: () => ({ addTab: () => undefined, activateTab: () => undefined }) },
    notify: (message: { text(): string }) => {
      said.push(message.text());
      return { close: () => undefined };
    },
  };
}

/**
 * Runs `run` with the globals of a browser, of which `$` is the test's.
 * @param said gets what the editor notifies its user of
 */
export function inBrowser<T>(
  $: unknown,
  run: () => T,
  configNodes = new Map<string, object>(),
  said: string[] = [],
): T {
  const globals: Browser = { $, RED: editor(configNodes, said), document: { head: {} } };
  const before = new Map(
    Object.keys(globals).map((name) => [name, Reflect.get(globalThis, name) as unknown]),
  );
  Object.assign(globalThis, globals, { window: {} });
  try {
    return run();
  } finally {
    for (const [name, value] of before) Reflect.set(globalThis, name, value);
    Reflect.deleteProperty(globalThis, 'window');
  }
}

/** jQuery that takes anything and keeps texts alone; fields have the values of `fields`, by selector. */
export function jQueryOf(fields: Readonly<Record<string, string>> = {}) {
  return (selector: string): unknown => {
    let shown = '';
    const own: Record<string, (...args: unknown[]) => unknown> = {
      val: () => fields[selector] ?? '',
      text: (...args) => {
        if (args.length === 0) return shown;
        shown = String(args[0]);
        return element;
      },
      attr: (...args) => (args.length === 1 && typeof args[0] === 'string' ? '' : element),
      toArray: () => [],
      is: () => false,
    };
    const element: unknown = new Proxy({}, { get: (_target, name) => own[String(name)] ?? (() => element) });
    return element;
  };
}

/** The dialog of a node. It is a part of the browser's program, so its types are not known here. */
export function dialogOf(type: string): DialogDefinition {
  const dialogs = inBrowser(jQueryOf(), () => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    require(path.join(ROOT, 'nodes/editor/dialogs/main.ts'));
    return (globalThis as { readonly toxAsync?: { readonly dialogs: Record<string, DialogDefinition> } })
      .toxAsync?.dialogs;
  });
  const dialog = dialogs?.[type];
  if (dialog === undefined) throw new Error(`${type} has no dialog`);
  return dialog;
}
