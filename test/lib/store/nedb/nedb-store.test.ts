import { openNedbStore } from '../../../../lib/store/nedb/nedb-store';
import { durabilitySuite } from '../support/durability-suite';
import { filePlace } from '../support/scratch';
import { storeSuite } from '../support/store-suite';

const open = (path: string) => openNedbStore({ path });

storeSuite('nedb', () => filePlace(open), { histories: 25 });
durabilitySuite('nedb', open);
