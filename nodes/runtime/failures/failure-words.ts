import { ToxAsyncError, type ErrorCode } from '../../../lib/index';
import { nodeError } from '../node-error';
import { translated, type Words } from '../words';
import { inFull, type Said } from './said';
import { takeApart } from './take-apart';

/** In the language of the runtime; undefined where it has no catalog. */
export function saidIn(words: Words, said: Said): string | undefined {
  const text = inFull(said, (key, params) =>
    translated(words, 'storage-node', `storage-node.failure.${key}`, params, ''),
  );
  return text === '' ? undefined : text;
}

/** A sentence of the core in the language of the runtime; as it is where the catalog has no text for it. */
export function failureWords(words: Words, sentence: string, code?: ErrorCode): string {
  const said = takeApart(sentence, code);
  return (said && saidIn(words, said)) ?? sentence;
}

/**
 * `error` as the runtime is told of it: in its own language, under the same code. In another language than English the
 * error as it was made is its `cause`, for programs and for those who search for its words.
 */
export function spoken(words: Words, error: unknown): Error {
  const made = nodeError(error);
  if (!ToxAsyncError.is(made)) return made;
  const text = failureWords(words, made.message, made.code);
  return text === made.message ? made : new ToxAsyncError(made.code, text, { cause: made });
}
