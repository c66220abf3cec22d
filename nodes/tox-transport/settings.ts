import type { SessionConfig } from '../shared/runtime';
import { choiceOf, textOf } from '../shared/settings';

export interface ToxTransportConfig extends SessionConfig {
  readonly mode?: string;
  readonly network?: string;
  readonly atStart?: string;
}

export interface ToxTransportSettings {
  /** The virtual network's name. */
  readonly network: string;
  readonly atStart: 'before' | 'online' | 'offline';
}

/** ErrInvalidArgument. */
export function toxTransportSettings(config: ToxTransportConfig): ToxTransportSettings {
  choiceOf(config.mode, ['virtual'], 'virtual', 'The mode');
  return {
    network: textOf(config.network, 'The name of the network') || 'default',
    atStart: choiceOf(config.atStart, ['before', 'online', 'offline'], 'before', 'At start'),
  };
}
