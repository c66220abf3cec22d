/** How libtoxcore tells what happened in one turn (tox_events.h of 0.2.18): events in groups, by kind. */
import { binder, type ErrorOut, type Pointer } from './binder';
import type { CFunctions } from './library-loader';

export function bindEvents(library: CFunctions) {
  const bind = binder(library);
  /** Number of events of a kind, and the event at an index. */
  const kind = (name: string) => ({
    count: bind<(events: Pointer) => number>(`uint32_t tox_events_get_${name}_size(const void *events)`),
    at: bind<(events: Pointer, index: number) => Pointer>(
      `const void *tox_events_get_${name}(const void *events, uint32_t index)`,
    ),
  });
  const number = (event: string, field: string) =>
    bind<(event: Pointer) => number>(`uint32_t tox_event_${event}_get_${field}(const void *event)`);
  const pointer = (event: string, field: string) =>
    bind<(event: Pointer) => Pointer>(`const void *tox_event_${event}_get_${field}(const void *event)`);
  const friendIn = (event: string) => number(event, 'friend_number');
  return {
    eventsInit: bind<(tox: Pointer) => void>('void tox_events_init(void *tox)'),
    eventsIterate: bind<(tox: Pointer, failHard: boolean, error: ErrorOut) => Pointer | null>(
      'void *tox_events_iterate(void *tox, bool fail_hard, int *error)',
    ),
    eventsFree: bind<(events: Pointer) => void>('void tox_events_free(void *events)'),
    selfConnection: {
      ...kind('self_connection_status'),
      status: number('self_connection_status', 'connection_status'),
    },
    friendConnection: {
      ...kind('friend_connection_status'),
      friend: friendIn('friend_connection_status'),
      status: number('friend_connection_status', 'connection_status'),
    },
    packet: {
      ...kind('friend_lossless_packet'),
      friend: friendIn('friend_lossless_packet'),
      data: pointer('friend_lossless_packet', 'data'),
      length: number('friend_lossless_packet', 'data_length'),
    },
    message: {
      ...kind('friend_message'),
      friend: friendIn('friend_message'),
      type: number('friend_message', 'type'),
      data: pointer('friend_message', 'message'),
      length: number('friend_message', 'message_length'),
    },
    receipt: {
      ...kind('friend_read_receipt'),
      friend: friendIn('friend_read_receipt'),
      id: number('friend_read_receipt', 'message_id'),
    },
    request: {
      ...kind('friend_request'),
      key: pointer('friend_request', 'public_key'),
      data: pointer('friend_request', 'message'),
      length: number('friend_request', 'message_length'),
    },
    named: kind('friend_name'),
    statusMessaged: kind('friend_status_message'),
    statused: kind('friend_status'),
  };
}
