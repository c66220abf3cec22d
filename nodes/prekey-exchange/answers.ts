import type { AsyncManager, PublicKey } from '../../lib/index';
import { findingWords } from '../runtime/finding-words';
import type { Words } from '../runtime/words';
import { friendFields } from '../session/friends/friend-names';

/** One line of `msg.payload`: why a message would not go out now, or that it would. */
export interface FlowFinding {
  readonly level: 'ok' | 'info' | 'warning' | 'error';
  readonly code: string;
  /** In the language of the runtime. */
  readonly text: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly friend?: string;
  readonly friendName?: string;
}

/** What is to be said of the session as a whole, then of each friend. */
export function findingsOf(
  words: Words,
  manager: AsyncManager,
  friends: readonly PublicKey[],
): FlowFinding[] {
  const all =
    friends.length === 0 ? manager.diagnose() : friends.flatMap((friend) => manager.diagnose(friend));
  const findings = all.map(({ friend, ...rest }) => ({
    ...rest,
    text: findingWords(words, rest),
    ...(friend !== undefined && friendFields(manager, friend)),
  }));
  // Each friend's answer begins with the findings about the session.
  const seen = new Set<string>();
  return findings.filter(({ code, ...finding }) => {
    const key = `${code} ${'friend' in finding ? finding.friend : ''}`;
    return seen.size !== seen.add(key).size;
  });
}

/** One line of `msg.exchange`. */
export interface FlowExchange {
  readonly friend: string;
  readonly friendName?: string;
  /** 'sent': new keys are on their way; 'not-needed': the stock is full; 'offline': it happens at the next meeting. */
  readonly state: 'sent' | 'not-needed' | 'offline';
}

export async function exchangeWith(
  manager: AsyncManager,
  friends: readonly PublicKey[],
): Promise<FlowExchange[]> {
  const exchanges: FlowExchange[] = [];
  for (const friend of friends) {
    exchanges.push({ ...friendFields(manager, friend), state: await manager.exchangeKeys(friend) });
  }
  return exchanges;
}
