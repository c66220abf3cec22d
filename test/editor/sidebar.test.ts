import assert from 'node:assert/strict';
import { ALERT, press } from './support/alert';
import { showSidebar, sidebarSection as section } from './support/sidebar';
import { inEachEditor } from './support/stage';

inEachEditor('The sidebar', (stage) => {
  /** The example, with the device chosen. */
  const device = async (language: 'en-US' | 'de' = 'en-US') => {
    const editor = await stage().share(ALERT, { language });
    await showSidebar(editor, 'Device');
    return editor;
  };

  it('says what a session is while there is none', async () => {
    const editor = await stage().share([]);
    await showSidebar(editor);
    await editor.page.getByText('No session yet').waitFor();
    assert.ok(await editor.page.getByRole('button', { name: 'Add a session' }).isVisible());
    assert.deepEqual(editor.takeComplaints(), []);
  });

  it('adds a session, and shows it when it is deployed', async () => {
    const editor = await stage().share([]);
    const { page } = editor;
    await showSidebar(editor);
    await page.getByRole('button', { name: 'Add a session' }).click();
    const dialog = await editor.dialog();
    await dialog.field('name').fill('Workshop');
    await dialog.done();
    stage().forget();
    await page.getByText('No session runs').waitFor();
    await editor.deploy();
    await page.locator('.tox-who', { hasText: 'Workshop' }).waitFor();
    assert.deepEqual(editor.takeComplaints(), []);
  });

  it('follows an alert to a friend who is offline, and rows that stay are the same ones', async () => {
    const editor = await device();
    const { page } = editor;
    const phone = page.locator('.tox-open', { hasText: 'Phone' });
    await phone.getByText('online · keeps mail for you').waitFor();
    await phone.evaluate((element) => element.setAttribute('data-test', 'the same'));
    await phone.focus();
    await press(stage().red, '1');
    await phone.getByText(/^seen \d+ s ago/).waitFor();
    await press(stage().red, '2');
    const outbox = section(page, 'Outbox');
    await outbox.getByText('Stored on 1 of 3: few nodes online').waitFor();
    await phone.getByText(/ · 1 stored$/).waitFor();
    assert.equal(await outbox.getByText('Phone').count(), 1);
    await press(stage().red, '4');
    await outbox.getByText('Nothing on its way.').waitFor();
    assert.equal(await phone.getAttribute('data-test'), 'the same');
    assert.equal(await page.evaluate(() => document.activeElement?.className), 'tox-open');
    assert.deepEqual(editor.takeComplaints(), []);
  });

  it('can be used with the keyboard alone, and Escape gives the focus back', async () => {
    const editor = await device();
    const { page } = editor;
    const who = page.locator('.tox-who');
    await who.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('.tox-who', { hasText: 'Phone' }).waitFor();
    assert.ok(await who.evaluate((element) => element === document.activeElement));
    await page.keyboard.press('Enter');
    await page.locator('.tox-pick').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.tox-pick').waitFor({ state: 'detached' });
    assert.ok(await who.evaluate((element) => element === document.activeElement));
    const title = section(page, 'Friends').getByRole('button', { name: 'Friends', exact: true });
    await title.focus();
    await page.keyboard.press('Enter');
    assert.equal(await title.getAttribute('aria-expanded'), 'false');
    assert.equal(await page.locator('.tox-open').first().isVisible(), false);
    await page.keyboard.press(' ');
    assert.equal(await title.getAttribute('aria-expanded'), 'true');
    assert.deepEqual(editor.takeComplaints(), []);
  });

  it('names every button for a screen reader', async () => {
    const editor = await device();
    await editor.page.locator('.tox-open').first().click();
    const buttons = editor.page.locator('.tox button, .tox [role=button], .tox-footer button');
    const nameless = await buttons.evaluateAll((all) =>
      all
        .filter((each) => (each.getAttribute('aria-label') ?? each.textContent).trim() === '')
        .map((each) => each.outerHTML),
    );
    assert.deepEqual(nameless, []);
  });

  it('draws the Tox ID as a QR code', async () => {
    const { page } = await device();
    await page.getByRole('button', { name: 'Tox ID as a QR code' }).click();
    await page.getByRole('img', { name: 'QR code of the Tox ID' }).waitFor();
    assert.match(await page.locator('.tox-digits').innerText(), /^[0-9A-F]{76}$/);
    await page.keyboard.press('Escape');
  });

  it('draws what was delivered in the last week', async () => {
    const { page } = await device();
    const week = section(page, 'Last 7 days');
    await press(stage().red, '2');
    await week.getByText(/^[1-9]\d* delivered$/).waitFor();
    const chart = week.getByRole('img', { name: 'messages that were delivered go up' });
    assert.ok((await chart.locator('.tox-up').count()) > 0);
  });

  it('takes a session offline and online', async () => {
    const { page } = await device();
    await page.getByRole('button', { name: 'Disconnect', exact: true }).click();
    await page.getByText('Offline: disconnected by you').first().waitFor();
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.getByText(/^Online for/).waitFor();
  });

  for (const language of ['en-US', 'de'] as const) {
    it(`fits a sidebar of 240 pixels without scrolling sideways (${language})`, async () => {
      const { page } = await device(language);
      await page.locator('.tox-open').nth(1).click();
      await page.locator('.tox').evaluate((element) => (element.style.width = '240px'));
      const parts = page.locator('.tox, .tox-header, .tox-identity, .tox-body, .tox-row, .tox-more');
      const wide = await parts.evaluateAll((all) =>
        all.filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.outerHTML.slice(0, 80)),
      );
      assert.deepEqual(wide, []);
    });
  }

  it('speaks the language of the editor', async () => {
    const { page } = await device('de');
    await section(page, 'Freunde').getByText('online · hebt Ihre Post auf').first().waitFor();
    await section(page, 'Ausgang').getByText('Nichts unterwegs.').waitFor();
  });
});
