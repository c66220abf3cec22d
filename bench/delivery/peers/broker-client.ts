import { Socket } from 'node:net';
import { connect, type MqttClient } from 'mqtt';
import { Counter } from '../parties/counter';

/** A client of a broker with a session that outlives its connections, at QoS 1. */
export class BrokerClient {
  /** Messages that came. */
  readonly taken = new Counter();
  readonly #url: string;
  readonly #name: string;
  #client: MqttClient | undefined;
  #earlierBytes = 0;

  constructor(url: string, name: string) {
    this.#url = url;
    this.#name = name;
  }

  /** Bytes over its connections so far, both ways. */
  get bytes(): number {
    return this.#earlierBytes + bytesOf(this.#client);
  }

  async connect(): Promise<void> {
    const client = connect(this.#url, { clientId: this.#name, clean: false, reconnectPeriod: 0 });
    client.on('message', () => this.taken.add());
    this.#client = client;
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('error', reject);
    });
  }

  async disconnect(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    await client.endAsync();
    this.#earlierBytes += bytesOf(client);
    this.#client = undefined;
  }

  async subscribe(topic: string): Promise<void> {
    await this.#connected.subscribeAsync(topic, { qos: 1 });
  }

  /** Resolves when the broker has taken it. */
  async publish(topic: string, text: string): Promise<void> {
    await this.#connected.publishAsync(topic, text, { qos: 1 });
  }

  get #connected(): MqttClient {
    if (this.#client === undefined) throw new Error(`${this.#name} is not connected`);
    return this.#client;
  }
}

function bytesOf(client: MqttClient | undefined): number {
  const stream = client?.stream;
  return stream instanceof Socket ? stream.bytesRead + stream.bytesWritten : 0;
}
