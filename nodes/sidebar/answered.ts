import { METRICS_TYPE, ToxAsyncError, type ErrorCode } from '../../lib/index';
import { guarded } from '../runtime/handlers/guard';
import { errorCode, nodeError } from '../runtime/node-error';
import type { Words } from '../runtime/words';
import { faultInWords } from './in-words';
import { faultView } from './row-views';
import type { ErrorBody } from './view';

/** What is used of the answer to a request. */
export interface Answer {
  status(code: number): Answer;
  type(type: string): Answer;
  set(name: string, value: string): Answer;
  json(body: unknown): unknown;
  send(body: string): unknown;
}

/** An answer that is no JSON. */
export class PlainText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What is wrong with a request itself. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Errors that are the request's fault; others are ours. */
const STATUS_OF: Partial<Record<ErrorCode, number>> = {
  ErrUnknownFriend: 404,
  ErrMessageNotFound: 404,
  ErrNotConnected: 409,
  ErrClosed: 409,
  ErrAmbiguousFriend: 409,
  ErrOutboxFull: 409,
};
const OUR_FAULT: ReadonlySet<string> = new Set(['ErrStore', 'ErrLocalStorageFull', 'ErrTransport']);

/** Never rejects, and every request gets an answer. */
export async function answered(
  words: Words,
  answer: Answer,
  work: () => Promise<object> | object,
): Promise<void> {
  try {
    answer.set('Cache-Control', 'no-store');
    const body = await work();
    if (body instanceof PlainText) answer.type(METRICS_TYPE).send(body.text);
    else answer.json(body);
  } catch (thrown) {
    const error = nodeError(thrown);
    // The connection may be gone, and nobody is there to be answered.
    guarded(() => answer.status(statusOf(error)).json(errorBody(words, error)));
  }
}

function errorBody(words: Words, error: Error): ErrorBody {
  const { text, ...rest } = faultInWords(words, faultView(error));
  return { code: errorCode(error), message: text, ...rest };
}

function statusOf(error: unknown): number {
  if (error instanceof HttpError) return error.status;
  if (!ToxAsyncError.is(error) || OUR_FAULT.has(error.code)) return 500;
  return STATUS_OF[error.code] ?? 400;
}
