/** What libtoxcore does for its owner: options, life, profile and network entry (tox.h of 0.2.18). */
import { binder, type ErrorOut, type Pointer } from './binder';
import type { CFunctions } from './library-loader';

export function bindSelf(library: CFunctions) {
  const bind = binder(library);
  type SetText = (tox: Pointer, text: Uint8Array, length: number, error: ErrorOut) => boolean;
  type SetOption<V> = (options: Pointer, value: V) => void;
  const option = <V>(type: string, name: string) =>
    bind<SetOption<V>>(`void tox_options_set_${name}(void *options, ${type} value)`);
  return {
    optionsNew: bind<(error: ErrorOut) => Pointer | null>('void *tox_options_new(int *error)'),
    optionsFree: bind<(options: Pointer) => void>('void tox_options_free(void *options)'),
    setIpv6: option<boolean>('bool', 'ipv6_enabled'),
    setUdp: option<boolean>('bool', 'udp_enabled'),
    setLocalDiscovery: option<boolean>('bool', 'local_discovery_enabled'),
    setStartPort: option<number>('uint16_t', 'start_port'),
    setEndPort: option<number>('uint16_t', 'end_port'),
    setTcpPort: option<number>('uint16_t', 'tcp_port'),
    setProxyType: option<number>('int', 'proxy_type'),
    /** Borrows the pointer until tox_new has returned. */
    setProxyHost: option<Pointer>('const void *', 'proxy_host'),
    setProxyPort: option<number>('uint16_t', 'proxy_port'),
    setSavedataType: option<number>('int', 'savedata_type'),
    /** Borrows the pointer until tox_new has returned. */
    setSavedata: bind<(options: Pointer, data: Pointer, length: number) => void>(
      'void tox_options_set_savedata_data(void *options, const void *data, size_t length)',
    ),
    toxNew: bind<(options: Pointer, error: ErrorOut) => Pointer | null>(
      'void *tox_new(void *options, int *error)',
    ),
    kill: bind<(tox: Pointer) => void>('void tox_kill(void *tox)'),
    savedataSize: bind<(tox: Pointer) => number>('size_t tox_get_savedata_size(const void *tox)'),
    getSavedata: bind<(tox: Pointer, data: Uint8Array) => void>(
      'void tox_get_savedata(const void *tox, uint8_t *data)',
    ),
    iterationInterval: bind<(tox: Pointer) => number>('uint32_t tox_iteration_interval(const void *tox)'),
    bootstrap: bind<(tox: Pointer, host: string, port: number, key: Uint8Array, error: ErrorOut) => boolean>(
      'bool tox_bootstrap(void *tox, const char *host, uint16_t port, const uint8_t *key, int *error)',
    ),
    addTcpRelay: bind<
      (tox: Pointer, host: string, port: number, key: Uint8Array, error: ErrorOut) => boolean
    >('bool tox_add_tcp_relay(void *tox, const char *host, uint16_t port, const uint8_t *key, int *error)'),
    address: bind<(tox: Pointer, address: Uint8Array) => void>(
      'void tox_self_get_address(const void *tox, uint8_t *address)',
    ),
    setNospam: bind<(tox: Pointer, nospam: number) => void>(
      'void tox_self_set_nospam(void *tox, uint32_t nospam)',
    ),
    setName: bind<SetText>(
      'bool tox_self_set_name(void *tox, const uint8_t *name, size_t length, int *error)',
    ),
    setStatusMessage: bind<SetText>(
      'bool tox_self_set_status_message(void *tox, const uint8_t *text, size_t length, int *error)',
    ),
    setStatus: bind<(tox: Pointer, status: number) => void>(
      'void tox_self_set_status(void *tox, int status)',
    ),
    nameSize: bind<(tox: Pointer) => number>('size_t tox_self_get_name_size(const void *tox)'),
    getName: bind<(tox: Pointer, name: Uint8Array) => void>(
      'void tox_self_get_name(const void *tox, uint8_t *name)',
    ),
    statusMessageSize: bind<(tox: Pointer) => number>(
      'size_t tox_self_get_status_message_size(const void *tox)',
    ),
    getStatusMessage: bind<(tox: Pointer, text: Uint8Array) => void>(
      'void tox_self_get_status_message(const void *tox, uint8_t *text)',
    ),
  };
}
