/**
 * The admin routes under `tox-async/`, all behind Node-RED's own permissions (docs/ADMIN.md):
 *
 * - `GET tox-async/sessions`: SessionSummary of each session
 * - `GET tox-async/sessions/:id`: SessionView
 * - `GET tox-async/sessions/:id/qr`: QrView
 * - `POST tox-async/sessions/:id/actions/:action`: see actions.ts
 * - `GET tox-async/metrics`: Prometheus text, see metrics.ts
 *
 * An error is `{code, message}`. An order must come as application/json: a page of another site cannot send that unasked.
 */
import { METRICS_TYPE, toxIdQr, ToxAsyncError, type ErrorCode } from '../../lib/index';
import { guarded } from '../runtime/handlers/guard';
import { errorCode, nodeError } from '../runtime/node-error';
import type { Runtime } from '../runtime/runtime';
import type { Words } from '../runtime/words';
import type { Session } from '../session/session';
import { inWords } from './in-words';
import { actionNamed, type Order } from './actions';
import { sessionMetrics } from './metrics';
import { sessionSummary, sessionView } from './session-view';
import type { QrView } from './view';

export const READ = 'tox-async.read';
export const WRITE = 'tox-async.write';

/** Sessions by the id of their config node. */
export interface SessionList {
  all(): ReadonlyMap<string, Session>;
  /** Ends a session for good. */
  end(id: string): Promise<void>;
}

/** What is used of a request, and of its answer. */
interface Asked {
  readonly params: Readonly<Record<string, string | string[]>>;
  readonly body?: unknown;
  is(type: string): unknown;
}
interface Answer {
  status(code: number): Answer;
  type(type: string): Answer;
  set(name: string, value: string): Answer;
  json(body: unknown): unknown;
  send(body: string): unknown;
}

/** What is used of the runtime; without an admin API (`httpAdminRoot: false`) there is no `httpAdmin`. */
export interface AdminApi extends Words {
  readonly httpAdmin?: Runtime['httpAdmin'];
  readonly auth: Runtime['auth'];
}

/** Adds the routes; a Node-RED without an admin API gets none. */
export function addRoutes(RED: AdminApi, sessions: SessionList): void {
  const { httpAdmin: app, auth } = RED;
  if (app === undefined) return;
  const reads = auth.needsPermission(READ);
  const writes = auth.needsPermission(WRITE);
  app.get('/tox-async/sessions', reads, (_asked, answer) => {
    void answered(answer, () => [...sessions.all()].map(([id, session]) => sessionSummary(id, session)));
  });
  app.get('/tox-async/sessions/:id', reads, (asked, answer) => {
    void answered(answer, async () => inWords(RED, await sessionView(...idAndSession(sessions, asked))));
  });
  app.get('/tox-async/sessions/:id/qr', reads, (asked, answer) => {
    void answered(answer, () => qrView(idAndSession(sessions, asked)[1]));
  });
  app.get('/tox-async/metrics', reads, (_asked, answer) => {
    void answered(answer, async () => new PlainText(await sessionMetrics(sessions.all())));
  });
  app.post('/tox-async/sessions/:id/actions/:action', writes, (asked, answer) => {
    void answered(answer, () => act(sessions, asked));
  });
}

async function act(sessions: SessionList, asked: Asked): Promise<object> {
  if (!asked.is('application/json')) throw new HttpError(415, 'Send the order as application/json.');
  const run = actionNamed(String(asked.params.action));
  if (run === undefined) throw new HttpError(404, 'There is no action of this name.');
  const [id, session] = idAndSession(sessions, asked);
  return run(session, orderIn(asked.body), () => sessions.end(id));
}

function orderIn(body: unknown): Order {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Order;
  throw new HttpError(400, 'Send the order as a JSON object.');
}

function idAndSession(sessions: SessionList, { params }: Asked): [string, Session] {
  const id = String(params.id);
  const session = sessions.all().get(id);
  if (session !== undefined) return [id, session];
  throw new HttpError(404, 'No session of this id runs. Deploy the flows that have it.');
}

async function qrView(session: Session): Promise<QrView> {
  const { toxId } = await session.manager();
  return { toxId, rows: toxIdQr(toxId).map((row) => row.map((dark) => (dark ? '1' : '0')).join('')) };
}

/** An answer that is no JSON. */
class PlainText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What is wrong with a request itself. */
class HttpError extends Error {
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
async function answered(answer: Answer, work: () => Promise<object> | object): Promise<void> {
  try {
    answer.set('Cache-Control', 'no-store');
    const body = await work();
    if (body instanceof PlainText) answer.type(METRICS_TYPE).send(body.text);
    else answer.json(body);
  } catch (thrown) {
    const error = nodeError(thrown);
    // The connection may be gone, and nobody is there to be answered.
    guarded(() => answer.status(statusOf(error)).json({ code: errorCode(error), message: error.message }));
  }
}

function statusOf(error: unknown): number {
  if (error instanceof HttpError) return error.status;
  if (!ToxAsyncError.is(error) || OUR_FAULT.has(error.code)) return 500;
  return STATUS_OF[error.code] ?? 400;
}
