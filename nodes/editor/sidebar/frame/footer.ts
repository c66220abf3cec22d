import { h, icon, setIcon, setText } from '../widgets/dom.js';
import type { Section } from '../widgets/section.js';
import type { Part, State } from '../state.js';
import { text } from '../texts.js';

/** Whether what is shown is live, and what folds all sections. */
export class Footer implements Part {
  readonly element: HTMLElement;
  readonly #icon = icon('circle', 'ok');
  readonly #words = h('span');

  constructor(sections: readonly Section[]) {
    const fold = (isFolded: boolean) => () => sections.forEach((section) => section.fold(isFolded));
    this.element = h(
      'div',
      { class: 'tox-footer' },
      h('span', { class: 'tox-live', role: 'status' }, this.#icon, this.#words),
      h(
        'span',
        { class: 'button-group' },
        footerButton('angle-double-up', text('footer.foldAll'), fold(true)),
        footerButton('angle-double-down', text('footer.unfoldAll'), fold(false)),
      ),
    );
  }

  update({ isLive, knownAt }: State): void {
    setIcon(this.#icon, isLive ? 'circle' : 'circle-o', isLive ? 'ok' : '');
    const time =
      knownAt === undefined
        ? ''
        : new Date(knownAt).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    setText(this.#words, isLive ? text('footer.live') : text('footer.lost', { time }));
  }
}

function footerButton(name: string, label: string, run: () => void): HTMLElement {
  const element = h(
    'button',
    { type: 'button', class: 'red-ui-footer-button', title: label, 'aria-label': label },
    h('i', { class: `fa fa-${name}`, 'aria-hidden': 'true' }),
  );
  element.addEventListener('click', run);
  return element;
}
