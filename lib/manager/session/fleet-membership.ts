import { certifies, type FleetCertificate } from '../../protocol/fleet/certificate';
import { sameBytes } from '../../bytes';
import type { Timer, Timers } from '../../platform/timers';
import type { FleetFriends } from '../../storage/fleet/fleet-friends';
import type { FleetRegister } from '../../storage/fleet/fleet-register';
import type { MessageEngine } from '../../storage/message-engine';
import type { Logger, PublicKey } from '../../types';

/** What the nodes of a fleet share. */
export interface SharedMail {
  readonly engine: MessageEngine;
  /** Where they tell each other of their friends. */
  readonly register: FleetRegister;
}

/** What makes a session one of the storage nodes of a fleet (docs/FLEET.md). */
export interface FleetOptions {
  /** In place of the session's `mailDatabase`. */
  readonly shared?: SharedMail;
  /** 32 bytes that each node of the fleet has, made by `fleet init`. */
  readonly secret: Uint8Array;
  /** Reads this node's certificate, again every 10 minutes; undefined: it has none. */
  readonly certificate: (node: PublicKey) => Promise<FleetCertificate | undefined>;
}

/** The certificate is read again after this time, milliseconds. */
const READ_EVERY = 600_000;

export interface FleetMembershipComponents {
  readonly self: PublicKey;
  readonly friends: FleetFriends;
  readonly client: { readonly fleetWord: { setOwn(certificate: FleetCertificate | undefined): void } };
  readonly timers: Timers;
  readonly log: Pick<Logger, 'warn'>;
}

/** A session's part in its fleet while it runs. */
export class FleetMembership {
  readonly #components: FleetMembershipComponents;
  readonly #read: FleetOptions['certificate'];
  #said: FleetCertificate | undefined;
  #timer: Timer | undefined;
  #missed = false;
  #ended = false;

  constructor(components: FleetMembershipComponents, read: FleetOptions['certificate']) {
    this.#components = components;
    this.#read = read;
    components.friends.start();
    void this.#look();
  }

  async stop(): Promise<void> {
    this.#ended = true;
    this.#timer?.cancel();
    await this.#components.friends.stop();
  }

  async #look(): Promise<void> {
    const { self, log, timers } = this.#components;
    try {
      const found = await this.#read(self);
      if (found === undefined && !this.#missed)
        log.warn(
          'The fleet has no certificate for this node. Certify it, and copy the new certificates here.',
        );
      this.#missed = found === undefined;
      if (found !== undefined && !certifies(found, self)) {
        log.warn("The fleet certificate is of another node or damaged. Copy this node's own one again.");
      } else if (!isSame(found, this.#said)) {
        this.#said = found;
        if (!this.#ended) this.#components.client.fleetWord.setOwn(found);
      }
    } catch (error) {
      log.warn(`The fleet certificate cannot be read: ${String(error)}`);
    }
    if (!this.#ended) this.#timer = timers.after(READ_EVERY, () => void this.#look());
  }
}

function isSame(a: FleetCertificate | undefined, b: FleetCertificate | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameBytes(a.signature, b.signature);
}
