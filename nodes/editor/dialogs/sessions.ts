/** The running sessions, by the admin API (docs/ADMIN.md). */
import { failureWords } from '../failure-words.js';
import type { ErrorBody, FriendState, QrView, SessionSummary, SessionView } from '../../sidebar/view.js';

export type { FriendState, SessionSummary, SessionView };

/** A running session; undefined when it does not run. */
export type RunningSession = Promise<SessionView | undefined>;

/** Resolves with nothing where the API does not answer: the dialogs work without it. */
export async function runningSessions(): Promise<readonly SessionSummary[]> {
  return (await got<SessionSummary[]>('tox-async/sessions')) ?? [];
}

export async function runningSession(id: string): RunningSession {
  // To ask for one that is not there would leave an error in the console.
  if (!(await runningSessions()).some((session) => session.id === id)) return undefined;
  return got<SessionView>(`tox-async/sessions/${encodeURIComponent(id)}`);
}

/** Rows of the QR code of its Tox ID, '1' for dark. */
export async function qrRows(id: string): Promise<readonly string[]> {
  return (await got<QrView>(`tox-async/sessions/${encodeURIComponent(id)}/qr`))?.rows ?? [];
}

/** Gives an order. @throws Error in the words of the answer */
export async function order(id: string, action: string, body: object): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    $.ajax({
      method: 'POST',
      url: `tox-async/sessions/${encodeURIComponent(id)}/actions/${action}`,
      contentType: 'application/json',
      data: JSON.stringify(body),
    })
      .done((answer: Record<string, unknown>) => resolve(answer))
      .fail(({ responseJSON, statusText }) =>
        reject(new Error(messageIn(responseJSON as ErrorBody | undefined) ?? statusText)),
      );
  });
}

function messageIn(answer: ErrorBody | undefined): string | undefined {
  return answer && failureWords({ ...answer, text: answer.message }, (key, params) => RED._(key, params));
}

/** Through jQuery, to which the editor gives the user's token. */
async function got<T>(url: string): Promise<T | undefined> {
  return new Promise((resolve) => {
    $.getJSON(url)
      .done((answer: T) => resolve(answer))
      .fail(() => resolve(undefined));
  });
}
