/** A process with libtoxcore in a child of its own, to be killed: tells the child's process id. */
import { RecordingHandler } from '../../../lib/testing/transport/recording-handler';
import { ToxParty } from './tox-party';

const port = Number(process.argv[2]);
const { transport } = new ToxParty({ bootstrap: [], ports: { first: port, last: port } });
void transport.start(new RecordingHandler()).then(() => process.send?.(transport.childPid));
