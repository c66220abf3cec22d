/**
 * The admin routes under `tox-async/`, all behind Node-RED's own permissions (docs/ADMIN.md):
 *
 * - `GET tox-async/sessions`: SessionSummary of each session
 * - `GET tox-async/sessions/:id`: SessionView
 * - `GET tox-async/sessions/:id/qr`: QrView
 * - `GET tox-async/sessions/:id/history`: HistoryView
 * - `POST tox-async/sessions/:id/actions/:action`: see actions.ts
 * - `GET tox-async/metrics`: Prometheus text, see metrics.ts
 *
 * An error is an ErrorBody. An order must come as application/json: a page of another site cannot send that unasked.
 */
import { toxIdQr } from '../../lib/index';
import type { Runtime } from '../runtime/runtime';
import type { Words } from '../runtime/words';
import type { Session } from '../session/session';
import { answered, HttpError, PlainText } from './answered';
import { headInWords, inWords } from './in-words';
import { actionNamed, type Order } from './actions';
import { sessionMetrics } from './metrics';
import { sessionSummary, sessionView } from './session-view';
import type { HistoryView, QrView } from './view';

export const READ = 'tox-async.read';
export const WRITE = 'tox-async.write';

/** Sessions by the id of their config node. */
export interface SessionList {
  all(): ReadonlyMap<string, Session>;
  /** Ends a session for good. */
  end(id: string): Promise<void>;
}

/** What is used of a request. */
interface Asked {
  readonly params: Readonly<Record<string, string | string[]>>;
  readonly body?: unknown;
  is(type: string): unknown;
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
    void answered(RED, answer, () =>
      [...sessions.all()].map(([id, session]) => headInWords(RED, sessionSummary(id, session))),
    );
  });
  app.get('/tox-async/sessions/:id', reads, (asked, answer) => {
    void answered(RED, answer, async () => inWords(RED, await sessionView(...idAndSession(sessions, asked))));
  });
  app.get('/tox-async/sessions/:id/qr', reads, (asked, answer) => {
    void answered(RED, answer, () => qrView(idAndSession(sessions, asked)[1]));
  });
  app.get('/tox-async/sessions/:id/history', reads, (asked, answer) => {
    void answered(RED, answer, () => historyView(idAndSession(sessions, asked)[1]));
  });
  app.get('/tox-async/metrics', reads, (_asked, answer) => {
    void answered(RED, answer, async () => new PlainText(await sessionMetrics(sessions.all())));
  });
  app.post('/tox-async/sessions/:id/actions/:action', writes, (asked, answer) => {
    void answered(RED, answer, () => act(sessions, asked));
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

async function historyView(session: Session): Promise<HistoryView> {
  return { hours: (await session.manager()).history() };
}
