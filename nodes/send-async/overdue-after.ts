import { MAX_MESSAGE_LIFETIME } from '../../lib/index';
import { isBlank, numberOf } from '../runtime/settings/setting-values';

/** Whole seconds after which a message is overdue, also written as text; undefined for never. ErrInvalidArgument. */
export function overdueAfterOf(value: unknown, what: string): number | undefined {
  if (isBlank(value)) return undefined;
  return Math.ceil(numberOf(value, { min: 1, max: MAX_MESSAGE_LIFETIME, otherwise: 1 }, what));
}
