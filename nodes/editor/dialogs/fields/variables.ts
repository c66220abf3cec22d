/** Values of the environment: `${NAME}`, put in by the runtime. */
import { textOf, type EditedNode } from '../node.js';

export function isVariable(value: unknown): boolean {
  return /^\$\{[^}]+\}$/.test(textOf(value).trim());
}

/**
 * Shows settings in fields that would lose them, and be saved as something else: a variable is no choice of a list, and no
 * state of a checkbox. A setting that is missing is the first choice.
 * @param names settings that have a select or a checkbox
 */
export function showChoices(node: EditedNode, prefix: string, names: readonly string[]): void {
  for (const name of names) {
    const value = node[name];
    const field = $(`#${prefix}-${name}`);
    if (!isVariable(value)) {
      if (field.is('select') && !field.val()) field.prop('selectedIndex', 0);
      continue;
    }
    const text = textOf(value);
    if (field.is('select')) {
      field
        .append(
          $('<option>')
            .attr('value', text)
            .text(node._(FROM_ENVIRONMENT, { name: text })),
        )
        .val(text);
    } else {
      field.attr('type', 'text').css('width', '70%').val(text);
    }
  }
}

const FROM_ENVIRONMENT = 'node-red-contrib-tox-async/storage-node:storage-node.fromEnvironment';
