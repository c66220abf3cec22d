import path from 'node:path';
import { ToxAsyncError } from '../../errors';
import type { Disk } from '../../platform/disk';
import type { Random } from '../../platform/random';
import { backoff } from '../../platform/backoff';
import { SerialQueue } from '../../platform/queues/serial-queue';
import type { Timer, Timers } from '../../platform/timers';
import { type Logger, silentLogger } from '../../types';
import { type HeldFiles, replacedError } from './held-files';
import { lowSpaceLimit } from '../store-errors';

/** Sizes for tests and simulations. */
export interface SpaceSizes {
  /** Below this much free space no new work is taken, bytes (default 16 MiB; 1 MiB on volumes under 512 MiB). */
  readonly limitBytes?: number;
  /** Size of the reserve, bytes (default the same). */
  readonly reserveBytes?: number;
}

export interface SpaceGuardOptions extends SpaceSizes {
  readonly disk: Disk;
  /** The data directory; the reserve lies in it. */
  readonly folder: string;
  readonly random: Random;
  readonly timers: Timers;
  readonly log?: Logger;
}

/** Called with what nothing is to be written for, if anything. */
type HeldUpWrite = (problem: ToxAsyncError | undefined) => void;

/** Looks at the disk this often while there is room and it is in use, and while there is none, ms. */
const CALM_MS = 60_000;
const TIGHT_MS = 10_000;
/** Longest wait before another attempt to build the reserve, ms. */
const LONGEST_MS = 10 * 60_000;
/** Space has ended below this part of the limit: the reserve is given up. */
const END_PART = 8;
const CHUNK_BYTES = 65_536;

/**
 * Keeps a full disk from stopping what must be finished. Below a limit of free space no new work is taken; when
 * space ends, a file that was kept back for it is deleted, so that erasing and finishing can commit. Once space
 * is back the file is written again first, and then there is room for new work. Nor is there any while the directory
 * itself is not where it was: nothing is written there then. While there is room it looks when something was written or
 * somebody asks, once a minute at most, and not at all while neither happens.
 */
export class SpaceGuard {
  readonly #o: SpaceGuardOptions;
  readonly #log: Logger;
  readonly #file: string;
  readonly #checks = new SerialQueue();
  #limit = 0;
  #reserve = 0;
  #hasReserve = false;
  /** Not known before the first look. */
  #hasRoom: boolean | undefined;
  #wasHinted = false;
  /** Something was written, or somebody asked, since the last look began. */
  #isWanted = false;
  /** Writes that wait for a look. */
  #heldUp: HeldUpWrite[] | undefined;
  #failures = 0;
  #timer: Timer | undefined;
  #isClosed = false;
  #held: HeldFiles | undefined;
  /** What of the directory is not in its place. */
  #displaced: string | undefined;
  #onChange: (() => void) | undefined;

  constructor(options: SpaceGuardOptions) {
    this.#o = options;
    this.#log = options.log ?? silentLogger;
    this.#file = path.join(options.folder, 'reserve');
  }

  /** Adopts or builds the reserve, or gives it up if space has ended. */
  async start(): Promise<void> {
    const standard = lowSpaceLimit(await this.#o.disk.volumeBytes(this.#o.folder));
    this.#limit = this.#o.limitBytes ?? standard;
    this.#reserve = this.#o.reserveBytes ?? standard;
    this.#hasReserve = await this.#adopt();
    await this.#checkSoon();
  }

  /** From now on each look is also at these. */
  watch(held: HeldFiles): void {
    this.#held = held;
  }

  /** Calls `listener` when new work may be taken, or may no longer; in place of an earlier one. */
  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  /** Whether new work may be taken, by the last look; asking has the next one follow. */
  hasRoom(): boolean {
    this.#want();
    return this.#isFree;
  }

  /** Something was written in the directory. */
  noteWrite(): void {
    this.#want();
  }

  /** False while writes have to wait for a look: the first after a pause without one, and all until that is over. */
  get isOpen(): boolean {
    return this.#heldUp === undefined && !this.#isRested;
  }

  /** Writes wait for a look. */
  get isAwaited(): boolean {
    return this.#heldUp !== undefined;
  }

  /** After that look calls `write` in the order of the calls, with what nothing is to be written for. */
  whenOpen(write: HeldUpWrite): void {
    if (this.#heldUp === undefined) this.#lookAfterRest();
    this.#heldUp?.push(write);
  }

  /** @throws ErrLocalStorageFull, ErrDirectoryReplaced */
  assertRoom(): void {
    const problem = this.problem();
    if (problem !== undefined) throw problem;
  }

  /** Why no new work is taken. */
  problem(): ToxAsyncError | undefined {
    if (this.hasRoom()) return undefined;
    if (this.#displaced !== undefined) return replacedError(this.#displaced);
    const needed = this.#limit + (this.#hasReserve ? 0 : this.#reserve);
    return new ToxAsyncError(
      'ErrLocalStorageFull',
      `The disk that holds ${this.#o.folder} is nearly full. Free some space until ` +
        `${Math.ceil(needed / 1024 / 1024)} MiB are free; work then resumes automatically.`,
    );
  }

  /** To be called by the part that was refused for want of space: gives up the reserve at once. */
  hint(): void {
    if (this.#isClosed) return;
    this.#wasHinted = true;
    this.#setRoom(false);
    void this.#checkSoon();
  }

  /** The reserve stays where it is. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#checks.idle();
  }

  get #isFree(): boolean {
    return this.#hasRoom === true && this.#displaced === undefined;
  }

  #want(): void {
    this.#isWanted = true;
    if (this.#isRested) this.#lookAfterRest();
  }

  #lookAfterRest(): void {
    const writes: HeldUpWrite[] = [];
    const goOn = () => {
      this.#heldUp = undefined;
      const problem = this.#displaced === undefined ? undefined : replacedError(this.#displaced);
      for (const write of writes) write(problem);
    };
    this.#heldUp = writes;
    this.#checkSoon().then(goOn, goOn);
  }

  /** There has been no look for a minute, since none was wanted. */
  get #isRested(): boolean {
    const isAtWork = this.#timer !== undefined || this.#checks.size > 0;
    return !this.#isClosed && this.#hasRoom !== undefined && !isAtWork;
  }

  #checkSoon(): Promise<void> {
    this.#timer?.cancel();
    return this.#checks.run(async () => {
      if (this.#isClosed) return;
      this.#isWanted = false;
      try {
        this.#setDisplaced(await this.#held?.displaced());
        if (this.#displaced === undefined) await this.#check();
        this.#failures = 0;
      } catch (error) {
        this.#failures += 1;
        this.#log.debug(`The reserved space in ${this.#o.folder} could not be kept: ${String(error)}`);
      }
      this.#setRoom(this.#hasReserve && this.#hasRoom === true);
      this.#checkLater();
    });
  }

  #checkLater(): void {
    this.#timer?.cancel();
    if (this.#isClosed) return;
    const first = this.#isFree ? CALM_MS : TIGHT_MS;
    const wait = backoff(this.#failures + 1, { first, longest: LONGEST_MS });
    this.#timer = this.#o.timers.after(wait, () => {
      this.#timer = undefined;
      if (this.#isWanted || !this.#isFree || this.#failures > 0) void this.#checkSoon();
    });
  }

  async #check(): Promise<void> {
    const { disk, folder } = this.#o;
    const free = await disk.freeBytes(folder);
    if (!this.#hasReserve) {
      if (free < this.#limit + this.#reserve) return;
      await this.#build();
      this.#hasReserve = true;
    } else if (this.#wasHinted || free < this.#limit / END_PART) {
      this.#setRoom(false);
      await disk.remove(this.#file);
      this.#hasReserve = false;
      this.#wasHinted = false;
      return;
    }
    this.#wasHinted = false;
    this.#setRoom((await disk.freeBytes(folder)) >= this.#limit);
  }

  /** True when the last run left the reserve complete; a part of one is removed. */
  async #adopt(): Promise<boolean> {
    const names = await this.#o.disk.list(this.#o.folder);
    if (!names.includes(path.basename(this.#file))) return false;
    // One that cannot be opened, because somebody else made it, is replaced.
    const stamp = await this.#o.disk.stampOf(this.#file);
    const file = await this.#o.disk.open(this.#file).catch(() => undefined);
    await file?.close();
    if (file && stamp?.size === this.#reserve) return true;
    await this.#o.disk.remove(this.#file);
    return false;
  }

  /** Written with bytes that no file system can store as a hole or compress. */
  async #build(): Promise<void> {
    const file = await this.#o.disk.open(this.#file);
    try {
      try {
        for (let at = 0; at < this.#reserve; at += CHUNK_BYTES) {
          await file.write(at, this.#o.random.bytes(Math.min(CHUNK_BYTES, this.#reserve - at)));
        }
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      await this.#o.disk.remove(this.#file);
      throw error;
    }
  }

  #setDisplaced(path: string | undefined): void {
    if (path === this.#displaced) return;
    this.#displaced = path;
    if (path === undefined) this.#log.info(`${this.#o.folder} is back in place.`);
    else this.#log.error(replacedError(path).message);
    this.#onChange?.();
  }

  #setRoom(hasRoom: boolean): void {
    const before = this.#hasRoom;
    if (hasRoom === before) return;
    this.#hasRoom = hasRoom;
    const { folder } = this.#o;
    if (hasRoom && before === false) this.#log.info(`The disk that holds ${folder} has room again.`);
    if (!hasRoom)
      this.#log.warn(
        `The disk that holds ${folder} is nearly full: no new work is accepted until space is freed.`,
      );
    this.#onChange?.();
  }
}
