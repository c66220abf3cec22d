/** What libtoxcore does with friends (tox.h of 0.2.18). */
import { binder, type ErrorOut, type Pointer } from './binder';
import type { CFunctions } from './library-loader';

export function bindFriends(library: CFunctions) {
  const bind = binder(library);
  type Size = (tox: Pointer, friend: number, error: ErrorOut) => number;
  type Fill = (tox: Pointer, friend: number, bytes: Uint8Array, error: ErrorOut) => boolean;
  const size = (name: string) =>
    bind<Size>(`size_t tox_friend_get_${name}_size(const void *tox, uint32_t friend, int *error)`);
  const fill = (name: string) =>
    bind<Fill>(`bool tox_friend_get_${name}(const void *tox, uint32_t friend, uint8_t *bytes, int *error)`);
  return {
    friendCount: bind<(tox: Pointer) => number>('size_t tox_self_get_friend_list_size(const void *tox)'),
    friendList: bind<(tox: Pointer, list: Uint32Array) => void>(
      'void tox_self_get_friend_list(const void *tox, uint32_t *list)',
    ),
    friendKey: fill('public_key'),
    friendNameSize: size('name'),
    friendName: fill('name'),
    friendStatusMessageSize: size('status_message'),
    friendStatusMessage: fill('status_message'),
    friendStatus: bind<Size>('int tox_friend_get_status(const void *tox, uint32_t friend, int *error)'),
    friendLastOnline: bind<(tox: Pointer, friend: number, error: ErrorOut) => number | bigint>(
      'uint64_t tox_friend_get_last_online(const void *tox, uint32_t friend, int *error)',
    ),
    friendByKey: bind<(tox: Pointer, key: Uint8Array, error: ErrorOut) => number>(
      'uint32_t tox_friend_by_public_key(const void *tox, const uint8_t *key, int *error)',
    ),
    friendAdd: bind<
      (tox: Pointer, address: Uint8Array, text: Uint8Array, length: number, error: ErrorOut) => number
    >(
      'uint32_t tox_friend_add(void *tox, const uint8_t *address, const uint8_t *text, size_t length, int *error)',
    ),
    friendAccept: bind<(tox: Pointer, key: Uint8Array, error: ErrorOut) => number>(
      'uint32_t tox_friend_add_norequest(void *tox, const uint8_t *key, int *error)',
    ),
    friendDelete: bind<(tox: Pointer, friend: number, error: ErrorOut) => boolean>(
      'bool tox_friend_delete(void *tox, uint32_t friend, int *error)',
    ),
    sendPacket: bind<
      (tox: Pointer, friend: number, data: Uint8Array, length: number, error: ErrorOut) => boolean
    >(
      'bool tox_friend_send_lossless_packet(void *tox, uint32_t friend, const uint8_t *data, size_t length, int *error)',
    ),
    sendMessage: bind<
      (
        tox: Pointer,
        friend: number,
        type: number,
        text: Uint8Array,
        length: number,
        error: ErrorOut,
      ) => number
    >(
      'uint32_t tox_friend_send_message(void *tox, uint32_t friend, int type, const uint8_t *text, size_t length, int *error)',
    ),
  };
}
