import { sameBytes } from '../../../../lib/bytes';
import { StorageService, type StorageServiceOptions } from '../../../../lib/storage/service/storage-service';
import type { SessionMessage } from '../../../../lib/protocol/session/message-kinds';
import { alice, bob, openStorage, type StorageOptions } from './storage-fixture';

type Kind = SessionMessage['kind'];
type Message<K extends Kind> = Extract<SessionMessage, { kind: K }>;

interface Setup extends StorageOptions {
  readonly online?: Uint8Array[];
  readonly service?: Partial<StorageServiceOptions>;
}

/** A running service and what it sent to whom. */
export function serve({ online = [alice, bob], service: serviceOptions, ...storageOptions }: Setup = {}) {
  const under = openStorage(storageOptions);
  const sent: { peer: Uint8Array; message: SessionMessage }[] = [];
  const warnings: string[] = [];
  const sessions = {
    online: [...online],
    hasSession: (peer: Uint8Array) => sessions.online.some((one) => sameBytes(one, peer)),
    send: (peer: Uint8Array, message: SessionMessage) => {
      sent.push({ peer, message });
    },
  };
  const logged: string[] = [];
  const note = (text: string) => logged.push(text);
  const log = { debug: note, info: note, error: note, warn: (text: string) => warnings.push(text) };
  const { storage, time } = under;
  const service = new StorageService({
    storage,
    sessions,
    clock: time.clock,
    timers: time.timers,
    log,
    ...serviceOptions,
  });
  service.start();
  let request = 0;
  const taken = <K extends Kind>(peer: Uint8Array, kind: K): Message<K>[] =>
    sent.flatMap(({ peer: to, message }) =>
      sameBytes(to, peer) && message.kind === kind ? [message as Message<K>] : [],
    );
  const idle = () => time.advance(0);
  const store = async (from: Uint8Array, envelope: Uint8Array, remaining = 3600) => {
    service.handle(from, { kind: 'store', request: ++request, remaining, envelope });
    await idle();
    return taken(from, 'store-answer').find((answer) => answer.request === request);
  };
  return { ...under, service, sessions, sent, warnings, logged, taken, idle, store };
}
