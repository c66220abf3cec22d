import type { SessionMessage } from '../protocol/session/message-kinds';

export type MessageOf<K extends SessionMessage['kind']> = Extract<SessionMessage, { kind: K }>;

export type RequestKind = 'store' | 'list' | 'fetch' | 'delete' | 'deliver';

type WithoutId<M> = M extends unknown ? Omit<M, 'request'> : never;

/** A request as the caller makes it; the session gives it its number. */
export type Request = WithoutId<MessageOf<RequestKind>>;

/** What each request resolves with. */
export interface Answers {
  readonly store: MessageOf<'store-answer'>;
  readonly list: MessageOf<'list-answer'>;
  /** One for each id asked for, in the same order. */
  readonly fetch: readonly MessageOf<'fetched'>[];
  readonly delete: MessageOf<'delete-answer'>;
  readonly deliver: MessageOf<'deliver-answer'>;
}

export interface RequestOptions {
  /** Aborting it rejects the request with its reason; the peer may still carry it out. */
  readonly signal?: AbortSignal;
  /** Milliseconds that the peer has for its answer; default 20,000 (deliver: 10,000). */
  readonly timeoutMs?: number;
}

const ANSWER_KINDS = {
  store: 'store-answer',
  list: 'list-answer',
  fetch: 'fetched',
  delete: 'delete-answer',
  deliver: 'deliver-answer',
} as const satisfies Record<RequestKind, SessionMessage['kind']>;

export type AnswerMessage = MessageOf<(typeof ANSWER_KINDS)[RequestKind]>;

export function isAnswer(message: SessionMessage): message is AnswerMessage {
  return Object.values<string>(ANSWER_KINDS).includes(message.kind);
}

export function answers(answer: AnswerMessage, request: Request): boolean {
  return answer.kind === ANSWER_KINDS[request.kind];
}
