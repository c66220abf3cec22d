import assert from 'node:assert/strict';
import { MANIFEST } from '../../scripts/support/project';
import { DialogFields } from './support/dialog-fields';

describe('A dialog that is opened and closed', () => {
  for (const type of Object.keys(MANIFEST['node-red'].nodes)) {
    const { definition, names } = new DialogFields(type);
    const defaults = () =>
      Object.fromEntries(Object.entries(definition.defaults).map(([name, { value }]) => [name, value]));

    for (const name of names) {
      it(`keeps and shows a variable of the environment: ${name} of ${type}`, () => {
        const settings = { ...defaults(), [name]: '${SOME_VARIABLE}' };
        const { saved, shown } = new DialogFields(type).openAndClose(settings);
        assert.equal((shown as Record<string, unknown>)[name], '${SOME_VARIABLE}');
        assert.equal(saved[name], '${SOME_VARIABLE}');
      });
    }

    it(`changes nothing of the defaults of ${type}`, () => {
      const settings = defaults();
      const { saved } = new DialogFields(type).openAndClose(settings);
      for (const name of names) assert.equal(String(saved[name]), String(settings[name]), name);
    });
  }
});
