import { randomInt } from 'node:crypto';
import { asToxAsyncError } from '../../../errors';
import { systemTimers } from '../../../platform/timers';
import { Bootstrapper } from './bootstrapper';
import { ChildLinks, inReports } from './child-links';
import type { Call, ChildEvent, Order, Report } from '../process-messages';
import type { CompleteSettings } from '../toxcore-settings';
import { readEvents, type ToxEvents } from '../binding/tox-events';
import type { ToxHandle } from '../binding/tox-handle';
import { TurnLoop, type TurnResult } from './turn-loop';

/** How often the parent hears that the loop turns, milliseconds. */
const ALIVE_MS = 2000;
/** Time to get rid of what waits before the end. */
const FLUSH_MS = 500;

/** The parent process, as its child sees it. */
export interface Parent {
  report(report: Report): void;
  /** Whether it has a good deal to read yet. */
  isBehind(): boolean;
}

/** The loop around one libtoxcore: its turns, what they bring, and what the parent orders. */
export class ToxInstance {
  readonly #tox: ToxHandle;
  readonly #parent: Parent;
  readonly #links: ChildLinks;
  readonly #bootstrapper: Bootstrapper;
  #friends: number;
  readonly #loop: TurnLoop;
  #aliveAt = 0;

  constructor(tox: ToxHandle, settings: CompleteSettings, parent: Parent) {
    this.#tox = tox;
    this.#parent = parent;
    this.#links = new ChildLinks({
      sendPacket: (friend, packet) => tox.sendPacket(friend, packet),
      sendMessage: (friend, { type, text }) => tox.sendMessage(friend, type, text),
      now: () => performance.now(),
    });
    this.#bootstrapper = new Bootstrapper({
      nodes: settings.bootstrap,
      lookUp: settings.proxy === undefined,
      random: randomInt,
    });
    this.#friends = tox.profile().friends.length;
    this.#loop = new TurnLoop({
      turn: () => this.#turn(),
      timers: systemTimers,
      isBehind: () => parent.isBehind(),
      immediately: (run) => {
        const handle = setImmediate(run);
        return { cancel: () => clearImmediate(handle) };
      },
      now: () => performance.now(),
    });
    this.#loop.start();
  }

  take(order: Exclude<Order, { kind: 'open' }>): void {
    switch (order.kind) {
      case 'packets':
      case 'message':
        this.#tell(this.#links.send(order));
        this.#loop.gave();
        return;
      case 'call':
        this.#call(order.request, order.call);
        return;
      case 'stop':
        void this.#stop();
        return;
    }
  }

  /** The parent has read everything. */
  goOn(): void {
    this.#loop.goOn();
  }

  /** The end without a word to the parent. */
  end(): void {
    this.#loop.end();
    this.#tox.kill();
  }

  #turn(): TurnResult {
    const now = performance.now();
    const events = this.#iterate();
    const told = [...(events ? this.#links.take(events) : []), ...this.#links.flush()];
    // With a connection the time changes when a friend was last online.
    if (events && (events.details || events.connections.length > 0))
      told.push({ what: 'profile', profile: this.#tox.profile() });
    this.#tell(told);
    if (told.some((event) => event.what === 'friend' && !event.online)) this.#bootstrapper.again();
    this.#bootstrapper.turn(now, this.#missing(), () => (this.#tox.running ? this.#tox : undefined));
    if (now - this.#aliveAt >= ALIVE_MS) {
      this.#aliveAt = now;
      this.#parent.report({ kind: 'alive' });
    }
    return {
      happened: told.length > 0,
      waiting: this.#links.waiting > 0,
      interval: this.#tox.interval,
    };
  }

  #iterate(): ToxEvents | undefined {
    let events: ToxEvents | undefined;
    this.#tox.iterate((functions, pointer) => {
      events = readEvents(functions, pointer);
    });
    return events;
  }

  #missing(): 'network' | 'friends' | undefined {
    if (!this.#links.isOnline) return 'network';
    return this.#links.size < this.#friends ? 'friends' : undefined;
  }

  #call(request: number, call: Call): void {
    try {
      this.#tell(this.#change(call));
      const profile = this.#tox.profile();
      this.#friends = profile.friends.length;
      this.#tell([{ what: 'profile', profile }]);
      this.#parent.report({ kind: 'answer', request, savedata: this.#tox.savedata() });
    } catch (error) {
      const { code, message } = asToxAsyncError(error, 'ErrTransport');
      this.#parent.report({ kind: 'failed', request, code, text: message });
    }
  }

  #change(call: Call): ChildEvent[] {
    switch (call.do) {
      case 'add-friend':
        this.#tox.addFriend(call.address, call.message);
        return [];
      case 'accept-friend':
        this.#tox.acceptFriend(call.publicKey);
        return [];
      case 'remove-friend': {
        const number = this.#tox.removeFriend(call.publicKey);
        return number === undefined ? [] : this.#links.remove(number);
      }
      case 'set-name':
        this.#tox.setName(call.name);
        return [];
      case 'set-status-message':
        this.#tox.setStatusMessage(call.text);
        return [];
      case 'set-status':
        this.#tox.setStatus(call.status);
        return [];
      case 'set-nospam':
        this.#tox.setNospam(call.nospam);
        return [];
    }
  }

  async #stop(): Promise<void> {
    const end = performance.now() + FLUSH_MS;
    while (this.#links.waiting > 0 && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (!this.#tox.running) return;
    }
    const savedata = this.#tox.savedata();
    this.end();
    this.#parent.report({ kind: 'stopped', savedata });
  }

  #tell(events: readonly ChildEvent[]): void {
    for (const part of inReports(events)) this.#parent.report({ kind: 'happened', events: part });
  }
}
