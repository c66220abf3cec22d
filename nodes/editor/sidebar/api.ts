import type { ErrorBody, HistoryView, QrView, SessionSummary, SessionView } from '../../sidebar/view.js';
import { faultIn } from './texts.js';

/** What went wrong with a request; status 0 when there was no answer. */
export class RequestError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

function request<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
  return new Promise((resolve, reject) => {
    $.ajax({
      url: `tox-async/${path}`,
      method,
      dataType: 'json',
      ...(body && { contentType: 'application/json', data: JSON.stringify(body) }),
      // The routes and this file come from one package.
      success: (answer) => resolve(answer as T),
      error: ({ status, responseJSON }) => reject(new RequestError(status, messageIn(responseJSON))),
    });
  });
}

function messageIn(answer: unknown): string {
  if (typeof answer !== 'object' || answer === null || !('message' in answer)) return '';
  const { message, said } = answer as ErrorBody;
  return faultIn({ text: message, said });
}

const pathOf = (id: string) => `sessions/${encodeURIComponent(id)}`;

export const getSessions = () => request<SessionSummary[]>('GET', 'sessions');
export const getSession = (id: string) => request<SessionView>('GET', pathOf(id));
export const getHistory = (id: string) => request<HistoryView>('GET', `${pathOf(id)}/history`);
export const getQr = (id: string) => request<QrView>('GET', `${pathOf(id)}/qr`);

/** Gives an order: see docs/ADMIN.md. @throws RequestError */
export const order = (id: string, action: string, fields: object = {}) =>
  request<Record<string, unknown>>('POST', `${pathOf(id)}/actions/${action}`, fields);
