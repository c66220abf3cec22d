import { systemDisk } from '../../../lib/platform/system-disk';
import { openLmdbStore } from '../../../lib/store/lmdb-store';
import { durabilitySuite } from './durability-suite';
import { filePlace } from './scratch';
import { storeSuite } from './store-suite';

const open = (path: string) => openLmdbStore({ path, disk: systemDisk });

storeSuite('lmdb', () => filePlace(open), { histories: 4 });
durabilitySuite('lmdb', open);
