/** A search for "tox" in the palette finds all of our nodes: the editor looks at labels and types only. */
export function findByName(types: readonly string[]): void {
  RED.events.on('registry:node-type-added', (type: string) => {
    if (!types.includes(type)) return;
    const entry = $(`.red-ui-palette-node[data-palette-type="${type}"]`);
    entry.attr('data-palette-label', `${entry.attr('data-palette-label') ?? type}, Tox`);
  });
}
