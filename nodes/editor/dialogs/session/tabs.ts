import type { EditedNode } from '../node.js';

const TABS = ['identity', 'friends', 'storage', 'advanced'] as const;

/** The tabs of the session dialog; each shows the element `tox-async-tab-<name>`. */
export function showTabs(node: EditedNode): void {
  const shown = (id: string) => {
    for (const name of TABS) $(`#tox-async-tab-${name}`).toggle(`tox-async-tab-${name}` === id);
  };
  const bar = RED.tabs.create({
    id: 'tox-async-tabs',
    onchange: ({ id }) => {
      shown(id);
      // The list of friends measures itself, which it cannot do while it is hidden.
      $(window).trigger('resize');
    },
  });
  for (const name of TABS) {
    bar.addTab({ id: `tox-async-tab-${name}`, label: node._(`storage-node.tab.${name}`) });
  }
  bar.activateTab('tox-async-tab-identity');
  // The editor's tabs answer to the mouse only; their links are in the order of the Tab key.
  $('#tox-async-tabs').on('keydown', 'a', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    bar.activateTab((event.currentTarget as HTMLAnchorElement).hash.slice(1));
  });
}
