/** Map and Set of peers, by public key. For other bytes as keys (ids, tags) see byte-map.ts. */
import { ByteMap, ByteSet } from './byte-map';

/** Something for each of some peers; keys are public keys of 32 bytes. */
export class PeerMap<V> extends ByteMap<V> {}

/** Some peers, by public key of 32 bytes. */
export class PeerSet extends ByteSet {}
