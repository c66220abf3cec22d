import assert from 'node:assert/strict';
import type { Transport } from '../../transport/transport';
import { RecordingHandler } from './recording-handler';

/** Two transports that are friends of each other, not started. */
export interface TransportPair {
  readonly a: Transport;
  readonly b: Transport;
  /** Lets time pass until `reached` is true; rejects, naming `what`, when it takes too long. */
  until(what: string, reached: () => boolean): Promise<void>;
  /** Lets `b` fall silent without a word, as a killed process does. */
  silence(): void;
  /** Releases everything, also when a test failed half-way. */
  close(): Promise<void>;
}

/** Nobody's key. */
export const STRANGER = new Uint8Array(32).fill(9);

/** The two transports, started and connected, and what each of them reported. */
export class TransportUnderTest {
  readonly a: Transport;
  readonly b: Transport;
  readonly atA = new RecordingHandler();
  readonly atB = new RecordingHandler();
  readonly #pair: TransportPair;

  private constructor(pair: TransportPair) {
    this.#pair = pair;
    this.a = pair.a;
    this.b = pair.b;
  }

  /** Starts both and waits until they see each other. */
  static async start(pair: TransportPair): Promise<TransportUnderTest> {
    const under = new TransportUnderTest(pair);
    const { a, b, atA, atB } = under;
    await atA.watch(() => a.start(atA));
    await atB.watch(() => b.start(atB));
    await under.meet();
    return under;
  }

  readonly until = (what: string, reached: () => boolean): Promise<void> => this.#pair.until(what, reached);

  readonly silence = (): void => {
    this.#pair.silence();
  };

  readonly meet = (): Promise<void> => {
    const { a, b } = this;
    return this.until('both see each other', () => a.isFriendOnline(b.self) && b.isFriendOnline(a.self));
  };

  readonly aSends = (packet: Uint8Array): string =>
    this.atA.watch(() => this.a.sendPacket(this.b.self, packet));

  /** Packets and messages share one order: a receipt shows that everything before it has arrived. */
  readonly allAcknowledged = async (): Promise<void> => {
    assert.equal(await this.settled(this.a.sendMessage(this.b.self, 'normal', 'all there?')), true);
  };

  /** Time must pass for a receipt to come back. */
  readonly settled = async <T>(promise: Promise<T>): Promise<T> => {
    let done = false;
    const mark = () => {
      done = true;
    };
    promise.then(mark, mark);
    await this.until('the receipts', () => done);
    return promise;
  };

  /** Forgets what was reported so far. */
  clear(): void {
    this.atA.clear();
    this.atB.clear();
  }

  /** Calls that came when none may come. */
  get breaches(): string[] {
    return [...this.atA.breaches, ...this.atB.breaches];
  }
}

/** Defines one test on the one connection that all tests share. */
export type TransportTest = (
  title: string,
  body: (under: TransportUnderTest) => void | Promise<void>,
) => void;
