/** The faults that the runtime tells, in the language of the editor. */
import { inFull, type Said } from '../runtime/failures/said.js';

const CATALOG = 'node-red-contrib-tox-async/storage-node:storage-node.failure.';

/** A fault: a FaultView, or an ErrorBody with its message as `text`. */
export interface Fault {
  readonly text: string;
  readonly said?: Said | undefined;
}

/** @param find looks a text up; it answers with the key where there is none */
export function failureWords(
  { text, said }: Fault,
  find: (key: string, params: Readonly<Record<string, string>>) => string,
): string {
  if (said === undefined) return text;
  const missing: string[] = [];
  const words = inFull(said, (key, params) => {
    const found = find(CATALOG + key, params);
    if (found === CATALOG + key || found === `storage-node.failure.${key}`) missing.push(key);
    return found;
  });
  return missing.length > 0 ? text : words;
}
