import {
  type FriendAdmission,
  isFriendTransport,
  type IncomingRequest,
  type Logger,
  PeerMap,
  type PublicKey,
  toHex,
  type Transport,
} from '../../lib/index';
import { printable } from '../output/streams';

/** Requests that are kept; of more, the oldest goes: identities cost nothing. */
const MOST_KEPT = 20;

/** Requests to be a friend that nobody decided on; a Tox client goes on asking, so they come again after a restart. */
export class FriendRequests {
  readonly #kept = new PeerMap<IncomingRequest>();

  /**
   * Notes what comes on this network and no token lets in, and says so in the log once for each asker that is kept.
   * @param admission lets in whom a token lets in
   */
  constructor(transport: Transport, log: Logger, admission: Pick<FriendAdmission, 'onRequest'>) {
    if (!isFriendTransport(transport)) return;
    transport.events.on('friend-request', ({ publicKey, message }) => {
      admission.onRequest(publicKey, message).then(
        (verdict) => {
          if (verdict !== 'accepted') this.#keep(publicKey, message, log);
        },
        (error: unknown) => log.error(`A friend request could not be judged: ${String(error)}`),
      );
    });
  }

  #keep(publicKey: PublicKey, message: string, log: Logger): void {
    const isNew = !this.#kept.has(publicKey);
    this.#kept.delete(publicKey);
    this.#kept.set(publicKey, { publicKey, text: message });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    if (!isNew) return;
    const key = toHex(publicKey);
    log.info(
      `Friend request from ${key}: ${JSON.stringify(printable(message))}. To accept it: tox-async friends accept ${key}`,
    );
  }

  /** Without those who are friends by now. */
  list(isFriend: (request: IncomingRequest) => boolean): IncomingRequest[] {
    return [...this.#kept.values()].filter((request) => !isFriend(request));
  }
}
