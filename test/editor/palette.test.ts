import assert from 'node:assert/strict';
import { inEachEditor } from './support/stage';

inEachEditor('The palette', (stage) => {
  for (const language of ['en-US', 'de'] as const) {
    it(`finds all our nodes by "tox" (${language})`, async () => {
      const editor = await stage().open([], { language });
      const found = (await editor.searchPalette('tox')).map((label) => label.replace(/\s+/g, ' '));
      assert.deepEqual(found.sort(), ['prekey exchange', 'receive async', 'send async', 'tox transport']);
      assert.deepEqual(editor.takeComplaints(), []);
    });
  }
});
