import { openNedbStore } from '../../../lib/store/nedb-store';
import { durabilitySuite } from './durability-suite';
import { filePlace } from './scratch';
import { storeSuite } from './store-suite';

const open = (path: string) => openNedbStore({ path });

storeSuite('nedb', () => filePlace(open), { histories: 25 });
durabilitySuite('nedb', open);
