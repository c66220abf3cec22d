import { Emitter } from '../../../../lib/platform/emitter';
import { parseToxId } from '../../../../lib/identity/tox-id';
import type {
  FriendDetails,
  FriendTransport,
  FriendTransportEvents,
} from '../../../../lib/transport/friend-transport';
import type { PublicKey } from '../../../../lib/types';
import { AcquaintedTransport } from '../../../support/acquainted-transport';

/** A place on a virtual network whose owner gets to know others by friend requests. */
export class BefriendingTransport extends AcquaintedTransport implements FriendTransport {
  readonly events = new Emitter<FriendTransportEvents>((error) => {
    throw error;
  });
  readonly toxId = '';
  /** Tox IDs that were asked. */
  readonly asked: string[] = [];

  async addFriend(toxId: string): Promise<PublicKey> {
    this.asked.push(toxId);
    return parseToxId(toxId).publicKey;
  }

  async setOnline(): Promise<void> {}
  async acceptFriend(_publicKey: PublicKey): Promise<void> {}
  async removeFriend(_publicKey: PublicKey): Promise<void> {}
  async setName(): Promise<void> {}
  async setStatusMessage(): Promise<void> {}
  async setStatus(): Promise<void> {}
  async setNospam(): Promise<void> {}
  details(): readonly FriendDetails[] {
    return [];
  }
}
