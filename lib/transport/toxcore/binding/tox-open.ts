import { utf8 } from '../../../bytes';
import { ToxAsyncError } from '../../../errors';
import type { Pointer } from './binder';
import { type Koffi, loadKoffi } from './library-loader';
import type { CompleteSettings } from '../toxcore-settings';
import type { ToxFunctions } from './tox-functions';

/** Tox_Proxy_Type and Tox_Savedata_Type. */
const PROXY_TYPE = { none: 0, http: 1, socks5: 2 };
const WHOLE_SAVEDATA = 1;
/** Tox_Err_New. */
const NO_MEMORY = 2;
const NO_PORT = 3;
const FIRST_PROXY_ERROR = 4;
const LAST_PROXY_ERROR = 7;
const ENCRYPTED = 8;
const BAD_FORMAT = 9;

/**
 * A new instance of libtoxcore with the identity in `savedata`. Without IPv6 on this machine it does with IPv4.
 * @throws ErrPortInUse, ErrProxy, ErrPassphrase, ErrIdentityFile, ErrTransport
 */
export function openTox(tox: ToxFunctions, settings: CompleteSettings, savedata: Uint8Array): Pointer {
  const first = tryOpen(tox, settings, savedata, true);
  const opened = first.error === NO_PORT ? tryOpen(tox, settings, savedata, false) : first;
  if (opened.error === 0 && opened.handle !== null) return opened.handle;
  // On damaged savedata libtoxcore makes a fresh identity: that must never pass for the user's own.
  if (opened.handle !== null) tox.kill(opened.handle);
  throw openError(opened.error, settings);
}

function tryOpen(tox: ToxFunctions, settings: CompleteSettings, savedata: Uint8Array, ipv6: boolean) {
  const error = new Int32Array(1);
  const options = tox.optionsNew(error);
  if (options === null) return { handle: null, error: NO_MEMORY };
  // libtoxcore borrows these two until tox_new has returned.
  const koffi = loadKoffi();
  const borrowed = [lend(koffi, savedata)];
  try {
    tox.setIpv6(options, ipv6);
    tox.setUdp(options, settings.udp);
    tox.setLocalDiscovery(options, settings.localDiscovery);
    if (settings.ports) {
      tox.setStartPort(options, settings.ports.first);
      tox.setEndPort(options, settings.ports.last);
    }
    tox.setTcpPort(options, settings.relayPort ?? 0);
    if (settings.proxy) {
      const host = lend(koffi, new Uint8Array([...utf8(settings.proxy.host), 0]));
      borrowed.push(host);
      tox.setProxyType(options, PROXY_TYPE[settings.proxy.type]);
      tox.setProxyHost(options, host);
      tox.setProxyPort(options, settings.proxy.port);
    }
    tox.setSavedataType(options, WHOLE_SAVEDATA);
    tox.setSavedata(options, borrowed[0] ?? 0n, savedata.length);
    const handle = tox.toxNew(options, error);
    return { handle, error: error[0] ?? 0 };
  } finally {
    tox.optionsFree(options);
    for (const memory of borrowed) koffi.free(memory);
  }
}

/** The bytes in memory that does not move; to be freed. */
function lend(koffi: Koffi, bytes: Uint8Array): Pointer {
  const memory = koffi.alloc('uint8_t', bytes.length) as Pointer;
  koffi.encode(memory, 'uint8_t', bytes, bytes.length);
  return memory;
}

function openError(error: number, settings: CompleteSettings): ToxAsyncError {
  if (error === NO_PORT) {
    const { first, last } = settings.ports ?? { first: 33_445, last: 33_545 };
    const relay = settings.relayPort === undefined ? '' : `, or TCP port ${settings.relayPort} is taken`;
    return new ToxAsyncError(
      'ErrPortInUse',
      `None of the UDP ports ${first} to ${last} is free${relay}. Choose other ports, or stop the program that uses them.`,
    );
  }
  if (error >= FIRST_PROXY_ERROR && error <= LAST_PROXY_ERROR) {
    return new ToxAsyncError('ErrProxy', 'The proxy cannot be used. Check its type, host name and port.');
  }
  if (error === ENCRYPTED) {
    return new ToxAsyncError(
      'ErrPassphrase',
      'The Tox profile is sealed. Open it with its passphrase first.',
    );
  }
  if (error === BAD_FORMAT) {
    return new ToxAsyncError(
      'ErrIdentityFile',
      'libtoxcore cannot read the Tox profile, which was left unchanged. Restore the identity file from a backup.',
    );
  }
  return new ToxAsyncError('ErrTransport', `libtoxcore did not start (tox_new returned ${error}).`);
}
