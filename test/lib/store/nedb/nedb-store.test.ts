import { openNedbStore } from '../../../../lib/store/nedb/nedb-store';
import { durabilitySuite } from '../support/durability-suite';
import { filePlace } from '../support/scratch';
import { storeSuite } from '../../../../lib/testing/store/store-suite';

const open = (path: string) => openNedbStore({ path });

storeSuite({ describe, it, after }, 'nedb', () => filePlace(open), { histories: 25 });
durabilitySuite('nedb', open);
