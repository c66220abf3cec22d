import { toHex } from '../../bytes';
import type { AsyncClientHooks } from '../../client/client-options';
import { PRE_KEY_REFRESH_THRESHOLD } from '../../constants';
import { ToxAsyncError } from '../../errors';
import type { HeldKeys } from '../../forward-security/held-keys';
import type { IssuedKeys } from '../../forward-security/issued/issued-keys';
import { PeerMap } from '../../peer-map';
import type { Clock } from '../../platform/clock';
import type { Emitter } from '../../platform/emitter';
import type { Logger, PublicKey } from '../../types';
import type { AsyncManagerEvents } from '../events';
import type { SessionHistory } from '../history/session-history';
import type { KeyUse } from '../snapshot/key-use';

/** The warning about a second copy comes at most this often for one friend, milliseconds. */
const ELSEWHERE_INTERVAL = 3_600_000;
/** Nodes of one friend that are suggested while the process runs; the diagnosis names what the friend says now. */
const MAX_SUGGESTIONS = 16;

export interface ClientHooksComponents {
  readonly events: Emitter<AsyncManagerEvents>;
  readonly forwardSecurity: {
    readonly held: Pick<HeldKeys, 'sendable'>;
    readonly issued: Pick<IssuedKeys, 'liveCount'>;
  };
  readonly keyUse: Pick<KeyUse, 'note'>;
  readonly history: Pick<SessionHistory, 'note'>;
  /** Messages in the outbox. */
  readonly unfinished: () => number;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly friends: { has(publicKey: PublicKey): boolean };
  readonly log: Logger;
}

/** Turns what the client notices into events and log lines. */
export function clientHooks(components: ClientHooksComponents): AsyncClientHooks {
  const { events, forwardSecurity, keyUse, history, unfinished, clock, friends, log } = components;
  const warnedAt = new PeerMap<number>();
  const suggested = new PeerMap<Set<string>>();
  /** What was last said of the keys that are left; absent where there are enough. */
  const shortages = new PeerMap<'low' | 'exhausted'>();
  events.on('friends-changed', () => {
    for (const told of [warnedAt, suggested, shortages]) {
      for (const peer of told.keys()) if (!friends.has(peer)) told.delete(peer);
    }
  });
  const changed = () => events.emit('changed', undefined);
  /** Several messages at once may take many keys before the first of them is told of: no count is sure to be seen. */
  const noteShortage = (friend: PublicKey): number => {
    const sendable = forwardSecurity.held.sendable(friend);
    if (sendable >= PRE_KEY_REFRESH_THRESHOLD) shortages.delete(friend);
    else shortages.set(friend, sendable === 0 ? 'exhausted' : 'low');
    return sendable;
  };
  return {
    onAccepted() {
      history.note('sent', unfinished());
      changed();
    },
    onFirstCopy: () => history.note('stored'),
    onEnded: changed,
    onArrived: () => history.note('received'),
    onReceived: changed,
    onHandled: changed,
    onOutcome(outcome) {
      events.emit('outcome', outcome);
      changed();
    },
    onKeysExchanged(friend) {
      noteShortage(friend);
      events.emit('keys-exchanged', {
        friend,
        sendable: forwardSecurity.held.sendable(friend),
        issued: forwardSecurity.issued.liveCount(friend),
      });
      changed();
    },
    onKeysRefused(friend, code) {
      events.emit('keys-refused', { friend, code });
    },
    onKeySpent(friend) {
      keyUse.note(friend);
      const before = shortages.get(friend);
      const sendable = noteShortage(friend);
      const now = shortages.get(friend);
      if (now === before) return;
      if (now === 'exhausted') events.emit('keys-exhausted', { friend });
      else if (now === 'low') events.emit('keys-low', { friend, sendable });
    },
    onDeadKeys(friend) {
      events.emit('keys-dead', { friend });
      log.info(
        `Messages to ${toHex(friend).slice(0, 8)} are being sealed again with new keys: the friend no longer has the old ones.`,
      );
    },
    onMalformed(friend, messageId) {
      events.emit('message-malformed', { friend, messageId });
      changed();
    },
    onLost(friend, messageId) {
      events.emit('message-lost', { friend, messageId });
      changed();
    },
    onElsewhere(friend) {
      const now = clock.monotonic();
      if (now - (warnedAt.get(friend) ?? -Infinity) < ELSEWHERE_INTERVAL) return;
      warnedAt.set(friend, now);
      events.emit('identity-in-use-elsewhere', { friend });
    },
    onRestored(friend) {
      events.emit('identity-restored', { friend });
      log.info(
        `${toHex(friend).slice(0, 8)} has keys of this identity that this data directory does not have: it was restored or made new. Messages sealed to them are sealed again.`,
      );
    },
    onOpenNodes(friend, nodes) {
      const told = suggested.getOrInsert(friend, () => new Set());
      for (const { publicKey: node, toxId } of nodes) {
        if (friends.has(node) || told.has(toxId) || told.size >= MAX_SUGGESTIONS) continue;
        told.add(toxId);
        events.emit('node-suggested', { friend, node, toxId });
      }
    },
    onError(error) {
      // A node that asks us to come later; we do.
      if (ToxAsyncError.is(error, 'ErrRateLimited')) {
        log.debug(error.message);
        return;
      }
      const code = ToxAsyncError.is(error) ? `${error.code}: ` : '';
      log.error(code + (error instanceof Error ? error.message : String(error)));
    },
  };
}
