import { withFolder } from '../support/scratch';
import { inTurns, type Cost } from './contest';
import { OurCarrier } from './parties/our-carrier';
import { BareCarrier } from './peers/bare-carrier';
import { BrokerCarrier } from './peers/broker-carrier';
import { messagesOf, type Topology } from './topology';

/** Bytes of each text. */
export const SIZE = 200;
/** What a node takes of one submitter, so that no rate is measured but the machine's. */
export const RAISED = { storeBurst: 1_000_000, storesPerSecond: 1_000_000 };

export interface Costs {
  readonly ours: Cost;
  /** The limit. */
  readonly bare: Cost;
  /** What a user would pick instead. */
  readonly broker: Cost;
}

/** As many messages are measured at least. */
const LEAST_MESSAGES = 1000;
/**
 * As many go before them at least. After 1,000, other threads of Node.js still spend a fifth of all processor time on
 * compiling what runs often, which a process that has been running for a while does not.
 */
export const WARM_UP_MESSAGES = 5000;

/** What messages of this topology cost, in turns. */
export async function costs(topology: Topology, way: 'offline' | 'direct', rounds: number): Promise<Costs> {
  const init = { topology, way, size: SIZE };
  const [ours, bare, broker] = await withFolder((folder) =>
    inTurns(
      [
        () => OurCarrier.open({ ...init, folder: `${folder}/ours`, storageLimits: RAISED }),
        () => BareCarrier.open({ ...init, folder: `${folder}/bare` }),
        () => BrokerCarrier.open({ ...init, folder: `${folder}/broker` }),
      ],
      {
        rounds: Math.max(rounds, roundsOf(LEAST_MESSAGES, topology)),
        warmUps: roundsOf(WARM_UP_MESSAGES, topology),
      },
    ),
  );
  if (!ours || !bare || !broker) throw new Error('a carrier was not measured');
  return { ours, bare, broker };
}

/** Rounds with so many messages at least. */
function roundsOf(messages: number, topology: Topology): number {
  return Math.ceil(messages / messagesOf(topology));
}
