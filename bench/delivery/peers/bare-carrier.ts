import { chooseCryptoProvider } from '../../../lib/crypto/providers/choose-provider';
import { generateKeyPair } from '../../../lib/crypto/generate';
import { systemDisk } from '../../../lib/platform/system/system-disk';
import { systemRandom } from '../../../lib/platform/random';
import { envelopeSizeFor } from '../../../lib/protocol/envelope/envelope';
import { openLmdbStore } from '../../../lib/store/lmdb/lmdb-store';
import { MemoryVolume, openMemoryStore } from '../../../lib/testing/memory-store';
import type { Store } from '../../../lib/store/store';
import { sequenceKey } from '../../../lib/store/table';
import type { Carrier, Stopwatch } from '../contest';
import { messagesOf, MOST_ON_DISK, type Topology } from '../topology';

const crypto = chooseCryptoProvider();
const NODES = 3;
/** Type and length of a message, in front of its text. */
const HEAD_BYTES = 3;
/** What a journal keeps of a message beside its envelope, about. */
const RECORD = systemRandom.bytes(200);
const KEY = systemRandom.bytes(32);
const NONCE = systemRandom.bytes(24);

export interface BareCarrierInit {
  readonly folder: string;
  readonly topology: Topology;
  readonly way: 'offline' | 'direct';
  /** Bytes of each text. */
  readonly size: number;
}

/**
 * The primitives that a message cannot do without, added up: two boxes to seal it and two to open it, the boxes of the
 * sessions that it travels in, and every durable step, with all messages of a round in flight. Nothing is looked up,
 * asked or decided.
 */
export class BareCarrier implements Carrier {
  readonly messagesPerRound: number;
  readonly #init: BareCarrierInit;
  readonly #nodes: readonly Store[];
  readonly #senders: readonly Store[];
  readonly #recipients: readonly Store[];
  readonly #message: SealedMessage;
  #number = 0;

  private constructor(
    init: BareCarrierInit,
    stores: { nodes: readonly Store[]; senders: readonly Store[]; recipients: readonly Store[] },
  ) {
    this.#init = init;
    this.#nodes = stores.nodes;
    this.#senders = stores.senders;
    this.#recipients = stores.recipients;
    this.#message = new SealedMessage(init.size);
    this.messagesPerRound = messagesOf(init.topology);
  }

  static async open(init: BareCarrierInit): Promise<BareCarrier> {
    const { folder, topology, way } = init;
    await systemDisk.makeFolder(folder);
    const openOne = async (file: string | undefined): Promise<Store> =>
      file === undefined
        ? openMemoryStore(new MemoryVolume())
        : openLmdbStore({ path: `${folder}/${file}`, disk: systemDisk });
    const open = (name: string, count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, i) => openOne(count > MOST_ON_DISK ? undefined : `${name}${i}`)),
      );
    return new BareCarrier(init, {
      nodes: await open('node', way === 'offline' ? NODES : 0),
      senders: await open('sender', topology.senders),
      recipients: await open('recipient', topology.recipients),
    });
  }

  round(watch: Stopwatch): Promise<void> {
    const { links, perLink } = this.#init.topology;
    return watch.run(() =>
      Promise.all(
        links.flatMap(([from, to]) => {
          const [sender, recipient] = [this.#senders[from], this.#recipients[to]];
          if (!sender || !recipient) return [];
          return Array.from({ length: perLink }, () => this.#carry(sender, recipient));
        }),
      ),
    );
  }

  async close(): Promise<void> {
    for (const store of [...this.#nodes, ...this.#senders, ...this.#recipients]) await store.close();
  }

  async #carry(sender: Store, recipient: Store): Promise<void> {
    this.#number += 1;
    const key = sequenceKey(this.#number);
    const message = this.#message;
    message.seal();
    await sender.batch().put(key, RECORD, message.envelope).commit();
    if (this.#nodes.length > 0) {
      await Promise.all(this.#nodes.map((node) => this.#keep(node, key)));
      await sender.batch().put(key, RECORD).commit();
    }
    message.travel();
    message.open();
    await recipient.batch().put(key, RECORD).commit();
    for (const node of this.#nodes) void node.batch().delete(key).commit();
    // Marked as handed over, handed over, erased.
    await recipient.batch().put(key, RECORD).commit();
    await recipient.batch().delete(key).commit();
    await sender.batch().delete(key).commit();
  }

  async #keep(node: Store, key: Uint8Array): Promise<void> {
    this.#message.travel();
    await node.batch().put(key, this.#message.envelope).commit();
  }
}

/** The boxes of one message. */
class SealedMessage {
  readonly envelope: Uint8Array;
  readonly #plain: Uint8Array;
  readonly #boxed: Uint8Array;
  readonly #from = generateKeyPair(crypto, systemRandom);
  readonly #to = generateKeyPair(crypto, systemRandom);

  constructor(size: number) {
    this.envelope = systemRandom.bytes(envelopeSizeFor(HEAD_BYTES + size));
    this.#plain = systemRandom.bytes(size);
    this.#boxed = crypto.box(this.#plain, NONCE, this.#to.publicKey, this.#from.secretKey);
  }

  seal(): void {
    for (let i = 0; i < 2; i += 1) crypto.box(this.#plain, NONCE, this.#to.publicKey, this.#from.secretKey);
  }

  open(): void {
    for (let i = 0; i < 2; i += 1)
      crypto.openBox(this.#boxed, NONCE, this.#from.publicKey, this.#to.secretKey);
  }

  /** In a session between two parties. */
  travel(): void {
    crypto.openSecretbox(crypto.secretbox(this.envelope, NONCE, KEY), NONCE, KEY);
  }
}
