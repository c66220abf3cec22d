import {
  type FriendAdmission,
  FriendRequests,
  isFriendTransport,
  type IncomingRequest,
  type Logger,
  RequestLimit,
  systemPlatform,
  toHex,
  type Transport,
} from '../../lib/index';
import { printable } from '../output/streams';

/**
 * Has friend requests judged that come on this network, and says in the log which ones are left to a person; of a flood
 * of them not each.
 * @param age seconds
 * @returns those that nobody decided on, for `tox-async friends`
 */
export function judgeRequests(
  transport: Transport,
  admission: Pick<FriendAdmission, 'onRequest'>,
  age: () => number,
  log: Logger,
): () => IncomingRequest[] {
  const requests = new FriendRequests();
  if (!isFriendTransport(transport)) return () => [];
  const limit = new RequestLimit(systemPlatform);
  const judge = async ({ publicKey, message }: { publicKey: Uint8Array; message: string }) => {
    if ((await admission.onRequest(publicKey, message)) === 'accepted') return;
    const isNew = !requests.has(publicKey);
    requests.add({ publicKey, text: message, at: age() });
    const leftOut = isNew ? limit.take() : undefined;
    if (leftOut === undefined) return;
    const key = toHex(publicKey);
    const others = leftOut === 0 ? '' : ` (${leftOut} others before it are not in this log)`;
    log.info(
      `Friend request from ${key}: ${JSON.stringify(printable(message))}. To accept it: tox-async friends accept ${key}${others}`,
    );
  };
  transport.events.on('friend-request', (request) => {
    judge(request).catch((error: unknown) => {
      log.error(`A friend request could not be judged: ${String(error)}`);
    });
  });
  return () => requests.list().map(({ publicKey, text }) => ({ publicKey, text }));
}
