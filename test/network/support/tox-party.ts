import { randomBytes } from 'node:crypto';
import { chooseCryptoProvider } from '../../../lib/crypto/providers/choose-provider';
import { makeProfile, parseProfile, serialiseProfile, withFriends } from '../../../lib/identity/tox-profile';
import type { Timers } from '../../../lib/platform/timers';
import type { KeyPair, PublicKey } from '../../../lib/types';
import type { ToxcoreSettings } from '../../../lib/transport/toxcore/toxcore-settings';
import { ToxcoreTransport } from '../../../lib/transport/toxcore/toxcore-transport';

const crypto = chooseCryptoProvider();

export function newKeyPair(): KeyPair {
  return crypto.keyPairFromSecret(new Uint8Array(randomBytes(32)));
}

/** A transport on real Tox with its profile in memory. */
export class ToxParty {
  readonly transport: ToxcoreTransport;
  readonly warnings: string[] = [];
  savedata: Uint8Array;
  saves = 0;
  /** What the transport does to make a profile durable. */
  save = async (savedata: Uint8Array): Promise<void> => {
    this.savedata = savedata;
    this.saves += 1;
  };

  constructor(
    settings: ToxcoreSettings,
    options: { keyPair?: KeyPair; friends?: readonly PublicKey[]; timers?: Timers } = {},
  ) {
    const { keyPair = newKeyPair(), friends = [], timers } = options;
    const profile = makeProfile(keyPair, new Uint8Array(randomBytes(4)));
    this.savedata = serialiseProfile(
      withFriends(
        profile,
        friends.map((publicKey) => ({ publicKey })),
      ),
    );
    const warn = (text: string) => this.warnings.push(text);
    this.transport = new ToxcoreTransport({
      settings,
      savedata: () => this.savedata,
      save: (savedata) => this.save(savedata),
      log: { debug() {}, info() {}, warn, error: warn },
      ...(timers ? { timers } : {}),
    });
  }

  get pk(): PublicKey {
    return this.transport.self;
  }

  get profile() {
    return parseProfile(this.savedata);
  }
}

/** Two who are friends of each other already. */
export function makePair(settings: ToxcoreSettings, timers?: Timers): [ToxParty, ToxParty] {
  const keys = [newKeyPair(), newKeyPair()] as const;
  const more = timers ? { timers } : {};
  return [
    new ToxParty(settings, { keyPair: keys[0], friends: [keys[1].publicKey], ...more }),
    new ToxParty(settings, { keyPair: keys[1], friends: [keys[0].publicKey], ...more }),
  ];
}
