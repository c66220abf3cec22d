/** Who hears of mail in an engine. */
export class MailListeners {
  readonly #listeners = new Set<(mailbox: Uint8Array) => void>();

  /** Gives what ends it. */
  add(listener: (mailbox: Uint8Array) => void): () => void {
    const own = (mailbox: Uint8Array) => listener(mailbox);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  emit(mailbox: Uint8Array): void {
    for (const listener of this.#listeners) listener(mailbox);
  }
}
