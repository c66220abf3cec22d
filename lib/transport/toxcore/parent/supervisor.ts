import { asToxAsyncError, ToxAsyncError } from '../../../errors';
import { backoff } from '../../../platform/backoff';
import type { Timer, Timers } from '../../../platform/timers';
import type { Logger } from '../../../types';
import type { Call, ChildEvent, Order, ProfileState } from '../process-messages';
import { type CompleteSettings, nodesLeftOut } from '../toxcore-settings';
import { ToxChild } from './tox-child';

/** Pause before a child that keeps dying is started again, milliseconds. */
const RESTART = { first: 500, longest: 60_000 };
/** A child that ran for so long did not die of its start. */
const SOUND_AFTER = 60_000;

export interface SupervisorOptions {
  readonly settings: CompleteSettings;
  readonly timers: Timers;
  readonly log: Logger;
  /** The profile to start with, each time. */
  readonly savedata: () => Uint8Array;
  readonly onOpened: (profile: ProfileState) => void;
  readonly onEvents: (events: readonly ChildEvent[]) => void;
  /** The child is gone and with it every connection; the next one comes after `waitMs`. */
  readonly onLost: (reason: string, waitMs: number) => void;
}

/** Keeps one child running from `start` to `stop`, whatever happens to it. */
export class Supervisor {
  readonly #o: SupervisorOptions;
  #child: ToxChild | undefined;
  #running = false;
  #opening: Promise<void> | undefined;
  #failures = 0;
  #pause: Timer | undefined;
  #sound: Timer | undefined;

  constructor(options: SupervisorOptions) {
    this.#o = options;
  }

  /** @throws why the first child does not start; later ones are tried again and again */
  async start(): Promise<void> {
    this.#running = true;
    const leftOut = nodesLeftOut(this.#o.settings);
    if (leftOut.length > 0) {
      this.#o.log.warn(
        `With a proxy, only bootstrap nodes given by address are used. These are left out: ${leftOut.join(', ')}.`,
      );
    }
    try {
      this.#opening = this.#open();
      await this.#opening;
    } catch (error) {
      this.#running = false;
      throw error;
    }
  }

  /** The profile as it was at the end, when the child ended in order. */
  async stop(): Promise<Uint8Array | undefined> {
    this.#running = false;
    this.#pause?.cancel();
    this.#sound?.cancel();
    const child = this.#child;
    this.#child = undefined;
    // One that is just starting ends itself when it finds the end come; its port is free only then.
    await this.#opening?.catch(() => undefined);
    return child?.stop();
  }

  /** @param onWritten the bytes of its packets may be used again */
  send(order: Order, onWritten?: () => void): void {
    this.#child?.send(order, onWritten);
  }

  nextRequest(): number {
    return this.#child?.nextRequest() ?? 0;
  }

  /** @throws ErrNotConnected when no child runs, and as ToxChild.call */
  async call(call: Call): Promise<Uint8Array> {
    if (!this.#child) {
      throw new ToxAsyncError(
        'ErrNotConnected',
        'libtoxcore is not running. Try again when the transport is running.',
      );
    }
    return this.#child.call(call);
  }

  get childPid(): number | undefined {
    return this.#child?.pid;
  }

  async #open(): Promise<void> {
    const { settings, timers, log, savedata, onEvents } = this.#o;
    const child: ToxChild = new ToxChild({
      settings,
      savedata: savedata(),
      timers,
      log,
      onEvents: (events) => {
        if (this.#child === child) onEvents(events);
      },
      onEnd: (reason) => this.#ended(child, reason),
    });
    const { profile, version } = await child.open();
    if (!this.#running) {
      await child.stop();
      throw new ToxAsyncError('ErrClosed', 'The transport was stopped while it was starting.');
    }
    log.debug(`libtoxcore ${version} is running in process ${child.pid ?? 0}.`);
    this.#child = child;
    this.#sound = timers.after(SOUND_AFTER, () => {
      this.#failures = 0;
    });
    this.#o.onOpened(profile);
  }

  #ended(child: ToxChild, reason: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#sound?.cancel();
    this.#again(reason);
  }

  #again(reason: string): void {
    if (!this.#running) return;
    this.#failures += 1;
    const waitMs = backoff(this.#failures, RESTART);
    this.#o.log.warn(`The libtoxcore process ended (${reason}). It restarts in ${waitMs / 1000} s.`);
    this.#o.onLost(reason, waitMs);
    this.#pause = this.#o.timers.after(waitMs, () => {
      this.#opening = this.#open();
      this.#opening.catch((error: unknown) => this.#again(asToxAsyncError(error, 'ErrTransport').message));
    });
  }
}
