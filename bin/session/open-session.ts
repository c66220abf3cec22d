import { setTimeout } from 'node:timers/promises';
import {
  type AdmissionSettings,
  AsyncManager,
  type AsyncManagerOptions,
  type Control,
  type DatabaseSettings,
  Desk,
  findHolder,
  type FleetOptions,
  type Holder,
  PeerSet,
  type StorageRole,
  recordedIdentity,
  systemPlatform,
  ToxAsyncError,
} from '../../lib/index';
import type { Call } from '../call';
import { EXIT, Failure } from '../exit-codes';
import { dataDirectory, givenPassphrase, PASSPHRASE_WAYS } from '../options/data-directory';
import { networkSettings } from '../options/network-settings';
import { commandAdmission } from './admission';
import { judgeRequests } from './asked-friends';

/** How often a command tries to open a directory, or to ask its holder, while others come and go. */
const ATTEMPTS = 8;
/** It waits so long before the second attempt, milliseconds, and as much longer before each further one. */
const PAUSE_MS = 200;

/** Waits a little before another attempt. False when it was the last one. */
export async function triesAgain(attempt: number): Promise<boolean> {
  if (attempt >= ATTEMPTS) return false;
  await setTimeout(attempt * PAUSE_MS);
  return true;
}

/** What a command needs of its session when nobody holds the directory. */
export interface SessionNeeds {
  /** Whether it goes to the network. */
  readonly network: boolean;
  /** A session that is over in a moment keeps no mail for others. Default 'off'. */
  readonly storageRole?: StorageRole;
  readonly storageCapBytes?: number;
  readonly mailDatabase?: DatabaseSettings;
  readonly fleet?: FleetOptions;
  /** Who becomes a friend by asking. Default: a person decides. */
  readonly admission?: AdmissionSettings;
}

/** A session to be asked: this process' own one, or that of the process that holds the directory. */
export interface OpenSession extends AsyncDisposable {
  readonly control: Control;
  /** The other process. */
  readonly holder?: Holder;
  /** Our own one. */
  readonly manager?: AsyncManager;
}

/** @throws Failure there is no session in the directory; what AsyncManager.create and its transport throw */
export async function openSession(call: Call, needs: SessionNeeds): Promise<OpenSession> {
  const directory = dataDirectory(call.options, call.machine);
  for (let attempt = 1; ; attempt += 1) {
    const holder = await findHolder(directory);
    if (holder !== undefined) {
      return { control: holder, holder, [Symbol.asyncDispose]: () => Promise.resolve() };
    }
    if ((await recordedIdentity(systemPlatform.disk, directory)) === undefined) {
      throw new Failure(EXIT.config, `There is no session in ${directory}. Make one with "tox-async init".`);
    }
    try {
      return await openOwnSession(call, directory, needs);
    } catch (error) {
      // Another process was faster, and can be asked, or is gone again.
      if (!ToxAsyncError.is(error, 'ErrIdentityInUse') || !(await triesAgain(attempt))) throw error;
    }
  }
}

/**
 * For a command that holds the directory from then on. Another one that holds it for a moment is waited for.
 * @throws Failure a process goes on holding it; what openSession throws
 */
export async function openToServe(
  call: Call,
  needs: SessionNeeds,
): Promise<OpenSession & { readonly manager: AsyncManager }> {
  for (let attempt = 1; ; attempt += 1) {
    const session = await openSession(call, needs);
    const { manager, holder } = session;
    if (manager !== undefined) return { ...session, manager };
    if (!call.machine.signal.aborted && (await triesAgain(attempt))) continue;
    throw new Failure(
      EXIT.later,
      `Process ${holder?.pid ?? '?'} on ${holder?.host ?? '?'} serves this directory already, since ${holder?.since ?? '?'}.`,
    );
  }
}

/** Opens the directory itself. @param more what a new session begins with */
export async function openOwnSession(
  call: Call,
  directory: string,
  { network, admission, ...options }: SessionNeeds,
  more: Partial<AsyncManagerOptions> = {},
): Promise<OpenSession & { readonly manager: AsyncManager }> {
  const { machine, log } = call;
  const settings = networkSettings(call.options, machine);
  const manager = await createManager(call, {
    dataDir: directory,
    storageRole: 'off',
    log,
    ...options,
    ...more,
  });
  const { timers } = systemPlatform;
  let desk = new Desk(manager, { timers, givesMessages: true });
  try {
    if (network) {
      const transport = await machine.connect(manager, settings, log);
      const gate = commandAdmission(manager, transport, admission, log);
      const requests = judgeRequests(transport, gate, () => manager.age, log);
      const friends = () => new PeerSet(manager.friends().map(({ publicKey }) => publicKey));
      const waiting = () => requests().filter(({ publicKey }) => !friends().has(publicKey));
      desk = new Desk(manager, { timers, givesMessages: true, requests: waiting });
      await manager.attachTransport(transport);
      await manager.start();
    }
    desk.open();
  } catch (error) {
    await manager.stop();
    throw error;
  }
  return { control: desk, manager, [Symbol.asyncDispose]: () => manager.stop() };
}

/** Asks a person for the passphrase where one is needed and none was given. */
async function createManager(call: Call, options: AsyncManagerOptions): Promise<AsyncManager> {
  const { machine } = call;
  const given = options.passphrase ?? (await givenPassphrase(call.options, machine));
  try {
    return await AsyncManager.create({ ...options, ...(given !== undefined && { passphrase: given }) });
  } catch (error) {
    if (!ToxAsyncError.is(error, 'ErrPassphrase') || given !== undefined) throw error;
    if (machine.askSecret === undefined) {
      throw new Failure(
        EXIT.noPermission,
        `${options.dataDir} is sealed with a passphrase. ${PASSPHRASE_WAYS}`,
      );
    }
    const passphrase = await machine.askSecret(`Passphrase of ${options.dataDir}: `);
    return AsyncManager.create({ ...options, passphrase });
  }
}
