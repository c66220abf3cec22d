import assert from 'node:assert/strict';
import { fleetSettings } from '../../../nodes/storage-node/fleet-settings';

const SECRET = 'ab'.repeat(32);

describe('The fleet in the dialog of a storage-node', () => {
  it('is a file below the user directory, and a secret where one is entered', () => {
    const config = { mailPlace: 'postgresql', fleetFile: 'round' };
    assert.deepEqual(fleetSettings(config, {}, '/home'), { fleet: { file: '/home/round' } });
    assert.deepEqual(fleetSettings(config, { fleetSecret: ` ${SECRET}\n` }, '/home'), {
      fleet: { file: '/home/round', secret: new Uint8Array(32).fill(0xab) },
    });
    const elsewhere = { mailPlace: 'postgresql', fleetFile: '/etc/round' };
    assert.deepEqual(fleetSettings(elsewhere, {}, '/home'), { fleet: { file: '/etc/round' } });
  });

  it('is none where no file is named', () => {
    assert.deepEqual(fleetSettings({ mailPlace: 'postgresql' }, { fleetSecret: SECRET }, '/home'), {});
    assert.deepEqual(fleetSettings({ fleetFile: ' ' }, {}, '/home'), {});
  });

  it('needs PostgreSQL, and a secret of 64 digits', () => {
    const refused = (mailPlace: string, fleetSecret: string, message: RegExp) =>
      assert.throws(() => fleetSettings({ mailPlace, fleetFile: 'round' }, { fleetSecret }, '/home'), {
        code: 'ErrNotConfigured',
        message,
      });
    refused('', SECRET, /share a PostgreSQL/);
    refused('postgresql', 'abc', /64 hexadecimal digits/);
  });
});
