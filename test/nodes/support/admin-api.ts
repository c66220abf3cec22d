import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NodeAPI } from 'node-red';
import { sessions } from '../../../nodes/session/session-registry';
import { addRoutes } from '../../../nodes/sidebar/routes';

/** An answer of the admin API. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The admin routes of the runtime under test, over HTTP, and which permission each request was asked for. */
export class AdminApi {
  readonly permissions: string[] = [];
  #server: Server | undefined;

  /** A module for NodeRed.start. */
  readonly module = (RED: NodeAPI): void => {
    const needsPermission: NodeAPI['auth']['needsPermission'] =
      (permission) => (_request, _response, next) => {
        this.permissions.push(permission);
        next();
      };
    addRoutes({ httpAdmin: RED.httpAdmin, auth: { needsPermission }, _: RED._ }, sessions);
    this.#server = createServer(RED.httpAdmin).listen(0, '127.0.0.1');
  };

  async request(path: string, init: RequestInit = {}): Promise<Answered> {
    assert.ok(this.#server, 'the module was loaded');
    if (!this.#server.listening) await once(this.#server, 'listening');
    const { port } = this.#server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/tox-async/${path}`, init);
    const { status, headers } = response;
    return { status, headers, text: await response.text() };
  }

  /** @throws AssertionError for a status other than 200 */
  async get<T>(path: string): Promise<T> {
    const { status, text } = await this.request(path);
    assert.equal(status, 200, text);
    return JSON.parse(text) as T;
  }

  /** Gives an order to a session. */
  async order(
    session: string,
    action: string,
    order: object = {},
  ): Promise<{ status: number; body: unknown }> {
    const { status, text } = await this.request(`sessions/${session}/actions/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(order),
    });
    return { status, body: JSON.parse(text) };
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }
}
