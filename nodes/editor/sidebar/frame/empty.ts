import { button, h, icon, setText, show } from '../widgets/dom.js';
import type { Actions, Part, State } from '../state.js';
import { text } from '../texts.js';

/** What is shown while there is no session, or nothing may be shown. */
export class Empty implements Part {
  readonly element: HTMLElement;
  readonly #title = h('b');
  readonly #words = h('p');
  readonly #buttons: HTMLElement;

  constructor(actions: Actions) {
    const add = button({
      label: text('empty.add'),
      primary: true,
      run: () => RED.editor.editConfig('', 'storage-node', '_ADD_', 'node-input'),
    });
    const example = button({
      label: text('empty.example'),
      run: () => RED.actions.invoke('core:show-examples-import-dialog'),
    });
    for (const each of [add, example]) each.classList.remove('red-ui-button-small');
    this.#buttons = h('div', {}, add, example);
    this.element = h(
      'div',
      { class: 'tox-empty' },
      icon('envelope-o'),
      h('div', {}, this.#title),
      this.#words,
      this.#buttons,
    );
    this.element.hidden = true;
    show(this.#buttons, actions.mayWrite);
  }

  update({ view, isDenied, knownAt }: State): void {
    show(this.element, isDenied || (view === undefined && knownAt !== undefined));
    const undeployed = isDenied ? undefined : undeployedSession();
    const kind = isDenied ? 'denied' : undeployed === undefined ? 'none' : 'undeployed';
    setText(this.#title, text(`empty.${kind}.title`));
    setText(this.#words, text(`empty.${kind}.words`));
    show(this.#buttons, kind === 'none');
  }
}

/** A session in the editor that does not run: new, disabled, or its settings are no good. */
function undeployedSession(): string | undefined {
  let found: string | undefined;
  RED.nodes.eachConfig(({ id, type }) => {
    if (type === 'storage-node') found = id;
  });
  return found;
}
