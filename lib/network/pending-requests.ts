import { ToxAsyncError } from '../errors';
import type { Random } from '../platform/random';
import type { Timer, Timers } from '../platform/timers';
import type { SessionMessage } from '../protocol/session/message-kinds';
import { answers, type Answers, type AnswerMessage, type Request, type RequestOptions } from './requests';

/** Requests to one peer that may wait for their answers (docs/PROTOCOL.md, "Sealed messages"). */
export const MAX_WAITING = 64;
/** Further ones that may wait for their turn. */
export const MAX_IN_LINE = 256;
/** Milliseconds a peer has for its answer; a direct delivery then goes to storage nodes as well. */
const ANSWER_MS = 20_000;
const DELIVER_MS = 10_000;

interface Waiting {
  readonly request: Request;
  /** Answers that came, by position; only fetch has more than one. */
  readonly got: Map<number, AnswerMessage>;
  readonly wanted: number;
  readonly timeoutMs: number;
  readonly resolve: (got: AnswerMessage[]) => void;
  readonly reject: (reason: unknown) => void;
  id?: number;
  timer?: Timer;
}

export interface PendingRequestsOptions {
  readonly timers: Timers;
  readonly random: Random;
  /** Seals and queues a message; false when too much waits for this peer. */
  readonly send: (message: SessionMessage) => boolean;
}

/** The requests to one peer in one connection, each matched with its answer by number and kind. */
export class PendingRequests {
  readonly #o: PendingRequestsOptions;
  readonly #sent = new Map<number, Waiting>();
  readonly #line: Waiting[] = [];
  #nextId: number;
  #closed = false;

  constructor(options: PendingRequestsOptions) {
    this.#o = options;
    this.#nextId = new DataView(options.random.bytes(4).buffer).getUint32(0);
  }

  /** @throws ErrNotConnected, ErrTimeout, ErrRateLimited, the signal's reason, or what encoding throws */
  async add<R extends Request>(request: R, options: RequestOptions = {}): Promise<Answers[R['kind']]> {
    const { signal, timeoutMs = request.kind === 'deliver' ? DELIVER_MS : ANSWER_MS } = options;
    signal?.throwIfAborted();
    const wanted = request.kind === 'fetch' ? request.storageIds.length : 1;
    let abort = () => {};
    try {
      const got = await new Promise<AnswerMessage[]>((resolve, reject) => {
        const waiting: Waiting = { request, wanted, timeoutMs, got: new Map(), resolve, reject };
        abort = () => this.#fail(waiting, signal?.reason);
        signal?.addEventListener('abort', abort, { once: true });
        if (wanted > 0) this.#enter(waiting);
        else resolve([]);
      });
      return (request.kind === 'fetch' ? got : got[0]) as Answers[R['kind']];
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** An answer of the peer's; one that no request waits for is ignored. */
  take(answer: AnswerMessage): void {
    const waiting = this.#sent.get(answer.request);
    if (!waiting || !answers(answer, waiting.request)) return;
    const position = answer.kind === 'fetched' ? answer.position : 0;
    if (position >= waiting.wanted || waiting.got.has(position)) return;
    waiting.got.set(position, answer);
    if (waiting.got.size < waiting.wanted) return;
    this.#leave(waiting);
    waiting.resolve([...waiting.got].sort(([a], [b]) => a - b).map(([, got]) => got));
  }

  /** The connection ended: everything is rejected with ErrNotConnected. */
  close(): void {
    this.#closed = true;
    const waiting = [...this.#sent.values(), ...this.#line];
    for (const one of waiting) {
      this.#fail(
        one,
        new ToxAsyncError('ErrNotConnected', 'The friend went offline. Try again when they are back.'),
      );
    }
  }

  #enter(waiting: Waiting): void {
    if (this.#line.length >= MAX_IN_LINE) {
      waiting.reject(
        new ToxAsyncError(
          'ErrRateLimited',
          'Too many requests to this friend are already waiting. Try again later.',
        ),
      );
      return;
    }
    this.#line.push(waiting);
    this.#sendNext();
  }

  #sendNext(): void {
    while (!this.#closed && this.#sent.size < MAX_WAITING) {
      const waiting = this.#line.shift();
      if (!waiting) return;
      const id = this.#nextId;
      this.#nextId = (id + 1) >>> 0;
      waiting.id = id;
      this.#sent.set(id, waiting);
      waiting.timer = this.#o.timers.after(waiting.timeoutMs, () => this.#fail(waiting, timeout()));
      this.#send(waiting, { ...waiting.request, request: id });
    }
  }

  #send(waiting: Waiting, message: SessionMessage): void {
    try {
      if (this.#o.send(message)) return;
      this.#fail(
        waiting,
        new ToxAsyncError('ErrRateLimited', 'Too much is already queued for this friend. Try again later.'),
      );
    } catch (error) {
      this.#fail(waiting, error);
    }
  }

  #fail(waiting: Waiting, reason: unknown): void {
    this.#leave(waiting);
    waiting.reject(reason);
  }

  #leave(waiting: Waiting): void {
    waiting.timer?.cancel();
    if (waiting.id === undefined) {
      const place = this.#line.indexOf(waiting);
      if (place >= 0) this.#line.splice(place, 1);
    } else if (this.#sent.delete(waiting.id)) {
      this.#sendNext();
    }
  }
}

function timeout(): ToxAsyncError {
  return new ToxAsyncError('ErrTimeout', 'The friend did not answer in time. Try again.');
}
