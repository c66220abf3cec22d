import { systemDisk } from '../../../../lib/platform/system-disk';
import { openLmdbStore } from '../../../../lib/store/lmdb/lmdb-store';
import { durabilitySuite } from '../support/durability-suite';
import { filePlace } from '../support/scratch';
import { storeSuite } from '../support/store-suite';

const open = (path: string) => openLmdbStore({ path, disk: systemDisk });

storeSuite('lmdb', () => filePlace(open), { histories: 4 });
durabilitySuite('lmdb', open);
