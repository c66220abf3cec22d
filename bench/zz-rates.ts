import { rates } from './storage/rates';
import { disk } from './storage/disk';
import { life } from './storage/life';
import { asMarkdown } from './support/report';
const n = Number(process.argv[2]);
const what = process.argv[3] ?? 'rates';
void (async () => { const t = Date.now(); console.log(asMarkdown(await ({ rates, disk, life } as any)[what](['lmdb'], n))); console.log('took', (Date.now() - t) / 1000); process.exit(0); })();
