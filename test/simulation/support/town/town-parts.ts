import type { CryptoProvider } from '../../../../lib/crypto/provider';
import type { SeededRandom, SimulatedTime } from '../../../../lib/testing/simulated-platform';
import type { VirtualNetwork } from '../../../../lib/transport/virtual/virtual-network';
import type { PublicKey } from '../../../../lib/types';
import type { Lives } from '../lives';
import type { Letter, TownLedger } from './town-ledger';

/** What all residents of a town have in common. */
export interface TownParts {
  readonly time: SimulatedTime;
  readonly random: SeededRandom;
  readonly network: VirtualNetwork;
  readonly crypto: CryptoProvider;
  readonly lives: Lives;
  readonly ledger: TownLedger;
  /** The number of the resident who has this key. */
  readonly numberOf: (key: PublicKey) => number | undefined;
  /** Undefined before its first start. */
  readonly keyOf: (resident: number) => PublicKey | undefined;
  /** Whether its recipient has it durably. */
  readonly isDurable: (letter: Letter) => boolean;
  readonly say: (text: string) => void;
}
