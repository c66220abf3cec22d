import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../../scripts/support/project';
import { dialogOf, inBrowser, type DialogDefinition } from './browser-globals';

interface Field {
  readonly tag: 'input' | 'select';
  type: string;
  readonly options: string[];
  value: string | null;
  checked: unknown;
}

/** A dialog of the editor, as far as its fields are concerned: a select has no value that is none of its options. */
export class DialogFields {
  readonly definition: DialogDefinition;
  readonly #fields = new Map<string, Field>();
  readonly #prefix: string;

  constructor(type: string) {
    const html = readFileSync(path.join(ROOT, 'nodes', `${type}.html`), 'utf8');
    this.#prefix = html.includes('node-config-input-name') ? '#node-config-input-' : '#node-input-';
    for (const [tag, name] of html.matchAll(/<(input|select)\b[^>]*>/g)) this.#add(html, tag, name ?? '');
    this.definition = dialogOf(type);
  }

  /** Settings with a field of their own. */
  get names(): string[] {
    return Object.keys(this.definition.defaults).filter((name) => this.#fields.has(this.#prefix + name));
  }

  /** Opens the dialog with these settings and closes it with Done. */
  openAndClose(settings: Record<string, unknown>): { shown: unknown; saved: Record<string, unknown> } {
    const node = { ...settings, _: (key: string) => key };
    for (const name of this.names) this.#fill(name, settings[name]);
    const $ = (selector: string) => this.#element(selector);
    inBrowser(Object.assign($, { getJSON: () => this.#element('') }), () =>
      this.definition.oneditprepare?.call(node),
    );
    const shown = Object.fromEntries(this.names.map((name) => [name, this.#read(name)]));
    inBrowser($, () => this.definition.oneditsave?.call(node));
    return { shown, saved: { ...settings, ...shown } };
  }

  #field(name: string): Field {
    const field = this.#fields.get(this.#prefix + name);
    if (field === undefined) throw new Error(`no field ${name}`);
    return field;
  }

  #fill(name: string, value: unknown): void {
    const field = this.#field(name);
    if (field.type === 'checkbox') field.checked = Boolean(value);
    else set(field, typeof value === 'string' || typeof value === 'number' ? String(value) : '');
  }

  #read(name: string): unknown {
    const field = this.#field(name);
    return field.type === 'checkbox' ? field.checked : field.value;
  }

  #add(html: string, tag: string, name: string): void {
    const id = /\bid="([^"]+)"/.exec(tag)?.[1];
    if (id === undefined) return;
    const inside = name === 'select' ? (html.split(tag)[1]?.split('</select>')[0] ?? '') : '';
    this.#fields.set(`#${id}`, {
      tag: name === 'select' ? 'select' : 'input',
      type: /\btype="([^"]+)"/.exec(tag)?.[1] ?? '',
      options: [...inside.matchAll(/<option value="([^"]*)"/g)].map(([, value = '']) => value),
      value: '',
      checked: false,
    });
  }

  /** jQuery, as far as the dialogs need it; what is no field takes anything and does nothing. */
  #element(selector: string): object {
    const field = this.#fields.get(selector) ?? {
      tag: 'input',
      type: '',
      options: [],
      value: '',
      checked: false,
    };
    const own: Record<string, (...args: (string | undefined)[]) => unknown> = {
      val: (...args) => (args.length === 0 ? field.value : (set(field, args[0] ?? ''), element)),
      typedInput: (method) => (method === 'value' ? field.value : element),
      attr: (name, value) => {
        if (name === 'id' && value === undefined) return '';
        if (name === 'type' && value !== undefined) field.type = value;
        if (name === 'value' && value !== undefined) field.value = value;
        return element;
      },
      is: (what) => (what === ':checked' ? field.checked === true : what === field.tag),
      append: (option: unknown) => {
        field.options.push((option as { val: () => string }).val());
        return element;
      },
      toArray: () => [],
    };
    const element: object = new Proxy({}, { get: (_, name) => own[String(name)] ?? (() => element) });
    return element;
  }
}

function set(field: Field, value: string): void {
  field.value = field.tag === 'input' || field.options.includes(value) ? value : null;
}
