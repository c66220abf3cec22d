import type { EditedNode } from '../node.js';

/** A type of a typed input: one of the editor's own by name, or ours. */
export type InputType = string | OwnType;
interface OwnType {
  readonly value: string;
  readonly label: string;
  readonly icon?: string;
  readonly hasValue?: boolean;
  readonly validate?: (value: string, opt?: unknown) => boolean | string;
  readonly autoComplete?: (value: string, done: (found: object[]) => void) => void;
}

/** A choice that needs no value. */
export function choice(value: string, label: string): InputType {
  return { value, label, hasValue: false };
}

/** A number with a unit. */
export function unit(value: string, label: string): InputType {
  return { value, label, validate: (text) => /^\$\{[^}]+\}$/.test(text) || Number(text) > 0 };
}

/** Places where a value may lie when a message comes. */
export const PLACES: readonly InputType[] = ['msg', 'flow', 'global', 'env', 'jsonata'];

/** Makes a field a typed input that shows and saves the settings `name` and `nameType`; the latter has a hidden field. */
export function showTyped(
  node: EditedNode,
  name: string,
  types: readonly InputType[],
  usual: string,
): JQuery {
  const field = $(`#node-input-${name}`);
  field.typedInput({ default: usual, types: [...types], typeField: `#node-input-${name}Type` } as never);
  // The label is that of the hidden field.
  const label = node._(`${node.type}.label.${name}`);
  field.next('.red-ui-typedInput-container').find('input').attr('aria-label', label);
  return field;
}
