import type { ForwardSecurityManager } from '../forward-security/forward-security-manager';
import type { Emitter } from '../platform/emitter';
import type { PublicKey } from '../types';
import type { AsyncManagerEvents } from './events';
import { unknownFriend } from './friends/session-friends';

export interface KeyWaitParts {
  readonly events: Pick<Emitter<AsyncManagerEvents>, 'on'>;
  readonly forwardSecurity: Pick<ForwardSecurityManager, 'hasKeyFor'>;
  readonly friends: { has(publicKey: PublicKey): boolean };
}

/**
 * Resolves as soon as a message can be sealed for this friend. Rejects with ErrUnknownFriend when they are removed, and
 * with the reason of the first signal that aborts.
 */
export function waitForKeys(
  { events, forwardSecurity, friends }: KeyWaitParts,
  friend: PublicKey,
  signals: readonly (AbortSignal | undefined)[],
): Promise<void> {
  const undo: (() => void)[] = [];
  const waiting = new Promise<void>((resolve, reject) => {
    for (const signal of signals) {
      if (signal === undefined) continue;
      const onAbort = () => {
        reject(signal.reason as Error);
      };
      if (signal.aborted) onAbort();
      signal.addEventListener('abort', onAbort);
      undo.push(() => signal.removeEventListener('abort', onAbort));
    }
    const look = () => {
      if (!friends.has(friend)) reject(unknownFriend());
      else if (forwardSecurity.hasKeyFor(friend, 'ordinary')) resolve();
    };
    undo.push(events.on('keys-exchanged', look), events.on('friends-changed', look));
    look();
  });
  return waiting.finally(() => undo.forEach((off) => off()));
}
