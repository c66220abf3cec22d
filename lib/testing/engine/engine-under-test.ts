import { toHex } from '../../bytes';
import type { MailPage, MessageEngine, NewMail } from '../../storage/message-engine';
import { bytesOf, mail, type MailOptions } from './sample-mail';

/** An engine whose time a test moves. */
export interface EngineAtWork {
  readonly engine: MessageEngine;
  /** Moves the engine's own clock. */
  advance(seconds: number): void;
  /** Closes everything and opens it again, as a restart does; time goes on where it was. */
  reopen(): Promise<EngineAtWork>;
  /** Closes everything and removes it. */
  close(): Promise<void>;
}

/** Mailboxes and submitters, named by their words. */
export const bob = bytesOf('bob');
export const carol = bytesOf('carol');
export const alice = bytesOf('alice', 16);
export const mallory = bytesOf('mallory', 16);

/** The engine of one test, empty at its start. */
export class EngineUnderTest {
  #at: EngineAtWork;

  constructor(at: EngineAtWork) {
    this.#at = at;
  }

  get engine(): MessageEngine {
    return this.#at.engine;
  }

  advance(seconds: number): void {
    this.#at.advance(seconds);
  }

  async reopen(): Promise<void> {
    this.#at = await this.#at.reopen();
  }

  close(): Promise<void> {
    return this.#at.close();
  }

  /** Stores mail that a test can name. */
  async put(word: string, options?: MailOptions): Promise<NewMail> {
    const stored = mail(word, options);
    await this.engine.put(stored);
    return stored;
  }

  async listed(mailbox = bob, cursor = 0, max = 64): Promise<MailPage> {
    return this.engine.page(mailbox, cursor, max);
  }
}

/** Defines one test that gets a new, empty engine. */
export type EngineTest = (title: string, body: (under: EngineUnderTest) => Promise<void>) => void;

/** What a page lists. */
export const ids = (page: MailPage): string[] => page.items.map((item) => toHex(item.storageId));
/** The same for mail as it was put. */
export const idsOf = (...mails: NewMail[]): string[] => mails.map((one) => toHex(one.storageId));
