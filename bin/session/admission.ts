import path from 'node:path';
import {
  type AdmissionSettings,
  type AsyncManager,
  chooseCryptoProvider,
  type FriendAdmission,
  friendsSeenOn,
  isFriendTransport,
  JOIN_CAP,
  type Logger,
  OPEN_CAP,
  sessionAdmission,
  systemPlatform,
  type Transport,
} from '../../lib/index';
import type { Call } from '../call';
import { EXIT, Failure } from '../exit-codes';
import { choiceOption, numberOption } from '../options/command-line';
import type { SessionNeeds } from './open-session';

/** Friends that a session may have at most. */
const MOST_FRIENDS = 2000;

/** Who asks is left to a person. */
const MANUAL: AdmissionSettings = { policy: { kind: 'manual' } };

/**
 * Whose mail a session keeps, and who becomes its friend by asking: with `--role everyone` whoever asks, or where there
 * are tokens only who proves one.
 * @throws Failure an option that cannot be used, or a cap for nobody
 */
export function roleOf({
  options,
  machine,
}: Pick<Call, 'options' | 'machine'>): Pick<SessionNeeds, 'storageRole' | 'admission'> {
  const storageRole = choiceOption('--role', options.role, ['friends', 'everyone'], 'friends');
  const cap = numberOption(options, 'friends-cap', { min: 1, max: MOST_FRIENDS, whole: true });
  const tokens = options['join-tokens'];
  if (tokens !== undefined) {
    const file = path.resolve(machine.cwd, tokens);
    return { storageRole, admission: { ...MANUAL, joins: { tokens: [], file, cap: cap ?? JOIN_CAP } } };
  }
  if (storageRole === 'everyone') {
    return { storageRole, admission: { policy: { kind: 'open', cap: cap ?? OPEN_CAP } } };
  }
  if (cap === undefined) return { storageRole };
  throw new Failure(
    EXIT.usage,
    '--friends-cap is for those who become friends by asking: give --join-tokens FILE or --role everyone too.',
  );
}

/** Lets in whom the settings let in, and leaves the others to a person. */
export function commandAdmission(
  manager: AsyncManager,
  transport: Transport,
  settings: AdmissionSettings = MANUAL,
  log: Logger,
): FriendAdmission {
  const network = isFriendTransport(transport) ? transport : { details: () => [] };
  const components = { crypto: chooseCryptoProvider(), ...systemPlatform, log };
  return sessionAdmission(manager, settings, friendsSeenOn(manager, network), components);
}
