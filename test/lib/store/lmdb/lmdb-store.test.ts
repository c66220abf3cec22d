import { systemDisk } from '../../../../lib/platform/system/system-disk';
import { openLmdbStore } from '../../../../lib/store/lmdb/lmdb-store';
import { durabilitySuite } from '../support/durability-suite';
import { filePlace } from '../support/scratch';
import { storeSuite } from '../../../../lib/testing/store/store-suite';

const open = (path: string) => openLmdbStore({ path, disk: systemDisk });

storeSuite({ describe, it, after }, 'lmdb', () => filePlace(open), { histories: 4 });
durabilitySuite('lmdb', open);
