import type { Pointer } from './binder';
import { type Koffi, loadKoffi } from './library-loader';
import type { MessageKind } from '../process-messages';
import type { ToxFunctions } from './tox-functions';

/** What happened in one turn of libtoxcore, copied out of its memory. Groups keep no order among each other. */
export interface ToxEvents {
  /** Our connection to the network, the newest last. */
  readonly self: readonly boolean[];
  readonly connections: readonly { readonly friend: number; readonly online: boolean }[];
  readonly packets: readonly { readonly friend: number; readonly packet: Uint8Array }[];
  readonly messages: readonly {
    readonly friend: number;
    readonly type: MessageKind;
    readonly text: Uint8Array;
  }[];
  readonly receipts: readonly { readonly friend: number; readonly id: number }[];
  readonly requests: readonly { readonly publicKey: Uint8Array; readonly text: Uint8Array }[];
  /** A friend's name, status message or status is another. */
  readonly details: boolean;
}

/** Reads everything before the caller frees `events`. */
export function readEvents(tox: ToxFunctions, events: Pointer): ToxEvents {
  const koffi = loadKoffi();
  const copy = (data: Pointer, length: number) => bytesAt(koffi, data, length);
  const { selfConnection, friendConnection, packet, message, receipt, request } = tox;
  return {
    self: all(selfConnection, events, (event) => selfConnection.status(event) !== 0),
    connections: all(friendConnection, events, (event) => ({
      friend: friendConnection.friend(event),
      online: friendConnection.status(event) !== 0,
    })),
    packets: all(packet, events, (event) => ({
      friend: packet.friend(event),
      packet: copy(packet.data(event), packet.length(event)),
    })),
    messages: all(message, events, (event) => ({
      friend: message.friend(event),
      type: message.type(event) === 1 ? 'action' : 'normal',
      text: copy(message.data(event), message.length(event)),
    })),
    receipts: all(receipt, events, (event) => ({ friend: receipt.friend(event), id: receipt.id(event) })),
    requests: all(request, events, (event) => ({
      publicKey: copy(request.key(event), 32),
      text: copy(request.data(event), request.length(event)),
    })),
    details: [tox.named, tox.statusMessaged, tox.statused].some(({ count }) => count(events) > 0),
  };
}

interface EventKind {
  count(events: Pointer): number;
  at(events: Pointer, index: number): Pointer;
}

function all<T>(kind: EventKind, events: Pointer, read: (event: Pointer) => T): T[] {
  return Array.from({ length: kind.count(events) }, (_, i) => read(kind.at(events, i)));
}

function bytesAt(koffi: Koffi, data: Pointer, length: number): Uint8Array {
  return length === 0 ? new Uint8Array() : (koffi.decode(data, 'uint8_t', length) as Uint8Array);
}
