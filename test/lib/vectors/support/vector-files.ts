import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The forms of test/vectors (docs/PROTOCOL.md, "Vectors"): arrays of these, bytes in hex. */

export interface EnvelopeVector {
  senderSecret: string;
  recipientPublic: string;
  preKeySecret: string;
  /** q */
  keySecret: string;
  ephemeralSecret: string;
  messageId: string;
  timestamp: number;
  lifetime: number;
  type: number;
  data: string;
  envelope: string;
  storageId: string;
}

export interface ExchangeVector {
  fromSecret: string;
  to: string;
  batch: number;
  valid: number;
  timestamp: number;
  seed: string;
  keys: [index: number, publicKey: string][];
  exchange: string;
}

export interface SessionVector {
  secret1: string;
  secret2: string;
  ephemeral1: string;
  ephemeral2: string;
  kemKey: string;
  kemCiphertext: string;
  kemSecret: string;
  /** That of kemKey in its seed form; only where the three are of a real ML-KEM. */
  decapsulationKey?: string;
  flags1: number;
  flags2: number;
  k12: string;
  k21: string;
  messages: { direction: '12' | '21'; counter: number; kind: number; body: string; sealed: string }[];
}

export interface LargeVector {
  recipientPublic: string;
  payloadKey: string;
  /** A text, not hex. */
  label: string;
  inner: number;
  deflated: boolean;
  /** The payload as it travels. */
  data: string;
  /** The data of the head. */
  head: string;
  chunks: string[];
}

/** A certificate of a fleet, what a state says of the fleet, and how its nodes name a submitter. */
export interface FleetVector {
  seed: string;
  node: string;
  serial: number;
  valid: number;
  replicas: number;
  certificate: string;
  owner: string;
  hint: string;
  secret: string;
  submitter: string;
  mark: string;
}

/** Tox IDs, the URI and the request are texts. */
export interface CellVector {
  token: string;
  cells: readonly { readonly collector: string; readonly nodes: readonly string[] }[];
  uri: string;
  device: string;
  /** The collector that the device chooses. */
  chosen: string;
  request: string;
}

/** `why` is for people; `code` a word of the table of codes, or "dropped" where nothing is answered. */
interface Refused {
  why: string;
  code: string;
}

export type RejectVector = Refused &
  (
    | {
        senderSecret: string;
        recipientPublic: string;
        preKeySecret: string;
        keySecret: string;
        envelope: string;
      }
    | { from: string; toSecret: string; exchange: string }
    | { receipts: string }
    | { key: string; counter: number; sealed: string }
    | {
        side: 1;
        secret: string;
        ephemeral: string;
        decapsulationKey: string;
        peer: string;
        hello1: string;
        hello2: string;
      }
    | { side: 2; secret: string; ephemeral: string; peer: string; hello1: string }
    | { recipientPublic: string; payloadKey: string; total: number; first: number; chunk: string }
    | { kind: number; body: string }
    | { packets: string[] }
    /** `before` was taken from the same node. */
    | { node: string; certificate: string; before?: string }
    | { uri: string }
    | { token: string; device: string; request: string }
  );

export interface StorageRecordVector {
  form: 'storage-record';
  senderSecret: string;
  recipientPublic: string;
  id: string;
  timestamp: number;
  nonce: string;
  messageType: number;
  data: string;
  /** box(type || length || data) from the sender to the recipient: the specification's legacy message. */
  encryptedData: string;
  record: string;
}

export type SpecVector =
  | { form: 'plaintext'; type: number; data: string; plaintext: string }
  | StorageRecordVector
  | {
      form: 'forward-secure-message';
      messageId: string;
      senderPk: string;
      recipientPk: string;
      preKeyId: number;
      encryptedData: string;
      nonce: string;
      messageType: number;
      timestamp: number;
      expiresAt: number;
      json: string;
    }
  | {
      form: 'pre-key-exchange';
      senderPk: string;
      preKeys: [id: number, publicKey: string][];
      timestamp: number;
      json: string;
    };

export interface VectorFiles {
  envelope: EnvelopeVector[];
  exchange: ExchangeVector[];
  session: SessionVector[];
  large: LargeVector[];
  fleet: FleetVector[];
  cell: CellVector[];
  reject: RejectVector[];
  spec: SpecVector[];
}

export const VECTORS = path.resolve(__dirname, '../../../vectors');

export function readVectors<Name extends keyof VectorFiles>(name: Name): VectorFiles[Name] {
  return JSON.parse(readFileSync(path.join(VECTORS, `${name}.json`), 'utf8')) as VectorFiles[Name];
}
