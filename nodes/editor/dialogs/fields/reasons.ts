/** Says in words below a field what is wrong with it, which the editor itself shows by colour and a tooltip alone. */
import type { EditedNode } from '../node.js';
import { hintBelow } from './hint.js';
import type { Validator } from '../checks/validators.js';

type Defaults = Readonly<Record<string, { readonly value: unknown; readonly validate?: Validator }>>;

/**
 * Watches all fields of the open dialog that have a validator; one field may decide whether another one is right.
 * @param prefix of the ids of the fields
 * @param except settings whose reasons stand elsewhere in the dialog
 */
export function sayReasons(
  node: EditedNode,
  prefix: 'node-input' | 'node-config-input',
  defaults: Defaults,
  except: readonly string[] = [],
): void {
  const watched = Object.entries(defaults).flatMap(([name, { validate }]) => {
    const field = $(`#${prefix}-${name}`);
    if (validate === undefined || except.includes(name) || !field.is('input')) return [];
    return [{ field, validate, say: hintBelow(field) }];
  });
  const look = () => {
    for (const { field, validate, say } of watched) {
      const reason = validate.call(node, field.val(), {});
      say(typeof reason === 'string' ? { level: 'error', text: reason } : undefined);
    }
  };
  $(`#${prefix}-name`).closest('form').on('input change', look);
  look();
}
