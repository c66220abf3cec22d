/** Validators of settings: `true`, or the reason in words, which the editor shows as HTML. */
import { isVariable } from '../fields/variables.js';
import { plain, textOf, type EditedNode } from '../node.js';
import { digitsOf, isMeantAsKey, keyFault } from './friend-key.js';

export type Validator = (this: EditedNode, value: unknown, opt: unknown) => string | boolean;

/** A node's texts about keys are those of the session. */
const KEY_TEXTS = 'node-red-contrib-tox-async/storage-node:storage-node.error';

/** What is wrong with the key of a friend, in words. */
export function keyReason(node: Pick<EditedNode, '_'>, text: string): string | undefined {
  const fault = keyFault(text);
  if (fault === undefined) return undefined;
  return node._(`${KEY_TEXTS}.${fault}`, { digits: digitsOf(text).length });
}

/** A friend by name or key: blank, or anything that is not meant as a key and none. */
export function friendReason(node: Pick<EditedNode, '_'>, text: string): string | undefined {
  return isMeantAsKey(text) ? keyReason(node, text) : undefined;
}

/** Fields of typed inputs: the type is the setting `${name}Type`, or in the open dialog its input's. */
export function forType(
  type: (node: EditedNode) => string,
  own: Readonly<Record<string, (node: EditedNode, text: string) => string | undefined>>,
): Validator {
  return function (this: EditedNode, value: unknown, opt: unknown) {
    const text = textOf(value).trim();
    // What is left blank is left to the message.
    const isLeft = text === '' || isVariable(text);
    return answer(isLeft ? undefined : own[type(this)]?.(this, text), opt);
  };
}

/** Settings that are text. */
export function forText(reason: (node: EditedNode, text: string) => string | undefined): Validator {
  return function (this: EditedNode, value: unknown, opt: unknown) {
    return answer(isVariable(value) ? undefined : reason(this, textOf(value).trim()), opt);
  };
}

/** The editor asks for reasons with a second argument. */
export function answer(reason: string | undefined, opt: unknown): string | boolean {
  if (reason === undefined) return true;
  return opt === undefined ? false : plain(reason);
}

/** A number within bounds, or nothing. */
export function isNumberIn(text: string, min: number, max: number): boolean {
  return text === '' || (Number(text) >= min && Number(text) <= max);
}
