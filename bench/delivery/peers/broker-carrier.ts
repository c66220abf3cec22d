import type { Carrier, Stopwatch } from '../contest';
import { messagesOf, type Topology } from '../topology';
import { Broker } from './broker';
import { BrokerClient } from './broker-client';

export interface BrokerCarrierInit {
  readonly folder: string;
  readonly topology: Topology;
  readonly way: 'offline' | 'direct';
  /** Bytes of each text. */
  readonly size: number;
}

/** Publishers and subscribers in this process, one topic for each subscriber, and a broker beside it. */
export class BrokerCarrier implements Carrier {
  readonly messagesPerRound: number;
  readonly #init: BrokerCarrierInit;
  readonly #broker: Broker;
  readonly #publishers: readonly BrokerClient[];
  readonly #subscribers: readonly BrokerClient[];
  #rounds = 0;

  private constructor(
    init: BrokerCarrierInit,
    broker: Broker,
    clients: { publishers: readonly BrokerClient[]; subscribers: readonly BrokerClient[] },
  ) {
    this.#init = init;
    this.#broker = broker;
    this.#publishers = clients.publishers;
    this.#subscribers = clients.subscribers;
    this.messagesPerRound = messagesOf(init.topology);
  }

  static async open(init: BrokerCarrierInit): Promise<BrokerCarrier> {
    const { senders, recipients } = init.topology;
    const broker = await Broker.start(init.folder);
    const clients = (name: string, count: number) =>
      Array.from({ length: count }, (_, i) => new BrokerClient(broker.url, `${name}${i}`));
    const [publishers, subscribers] = [clients('publisher', senders), clients('subscriber', recipients)];
    for (const client of [...publishers, ...subscribers]) await client.connect();
    for (const [at, subscriber] of subscribers.entries()) await subscriber.subscribe(topicOf(at));
    return new BrokerCarrier(init, broker, { publishers, subscribers });
  }

  async round(watch: Stopwatch): Promise<void> {
    if (this.#init.way === 'direct') {
      await watch.run(async () => {
        await this.publish();
        await this.#allTaken();
      });
      return;
    }
    await this.subscribersLeave();
    await watch.run(() => this.publish());
    await watch.run(() => this.fetch());
  }

  /** Of all clients, both ways. */
  get bytes(): number {
    return [...this.#publishers, ...this.#subscribers].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async subscribersLeave(): Promise<void> {
    await Promise.all(this.#subscribers.map((subscriber) => subscriber.disconnect()));
  }

  /** Until the broker has taken all messages of one round. */
  async publish(): Promise<void> {
    this.#rounds += 1;
    const { links, perLink } = this.#init.topology;
    const text = 'x'.repeat(this.#init.size);
    await Promise.all(
      links.flatMap(([from, to]) =>
        Array.from({ length: perLink }, async () => this.#publishers[from]?.publish(topicOf(to), text)),
      ),
    );
  }

  otherCpu(): Promise<number> {
    return this.#broker.cpu();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#publishers, ...this.#subscribers].map((client) => client.disconnect()));
    await this.#broker.stop();
  }

  /** The subscribers come: until the last message is there. */
  async fetch(): Promise<void> {
    await Promise.all(this.#subscribers.map((subscriber) => subscriber.connect()));
    await this.#allTaken();
  }

  async #allTaken(): Promise<void> {
    const each = (this.#rounds * this.messagesPerRound) / this.#subscribers.length;
    await Promise.all(this.#subscribers.map(({ taken }) => taken.reach(each)));
  }
}

function topicOf(subscriber: number): string {
  return `to/${subscriber}`;
}
