import {
  chooseCryptoProvider,
  sessionAdmission,
  systemPlatform,
  type AdmissionPolicy,
  type AdmittingManager,
  type FriendAdmission,
  type FriendsSeen,
  type Logger,
} from '../../../lib/index';
import { publicKeyOf } from './friend-list';
import type { Admission, SessionSettings } from '../session-settings';

/** Decides on friend requests for a session, as its storage-node is set. ErrInvalidKey, ErrInvalidToxId. */
export function admissionOf(
  manager: AdmittingManager,
  { admission, joins }: Pick<SessionSettings, 'admission' | 'joins'>,
  friends: FriendsSeen,
  log: Pick<Logger, 'error'>,
): FriendAdmission {
  const settings = { policy: policyOf(admission), ...(joins && { joins }) };
  return sessionAdmission(manager, settings, friends, {
    crypto: chooseCryptoProvider(),
    ...systemPlatform,
    log,
  });
}

function policyOf(admission: Admission): AdmissionPolicy {
  if (admission.kind !== 'list') return admission;
  return { kind: 'list', allowed: admission.allowed.map(publicKeyOf) };
}
