import type { SessionSummary } from '../../../sidebar/view.js';
import { button, h, icon, setAttribute, setIcon, setText, show } from '../widgets/dom.js';
import type { Popup } from '../widgets/popup.js';
import { stateInList } from '../session-state.js';
import type { Actions, Part, State } from '../state.js';
import { text } from '../texts.js';

/** Which session is shown, the choice of another, and what can be done with it as a whole. */
export class Header implements Part {
  readonly element: HTMLElement;
  readonly #actions: Actions;
  readonly #icon = icon('circle-o');
  readonly #name = h('span', { class: 'tox-cut' });
  readonly #others = icon('exclamation-triangle', 'warn');
  readonly #who: HTMLButtonElement;
  readonly #power: HTMLButtonElement;
  readonly #tools: readonly HTMLButtonElement[];
  #state: State | undefined;

  constructor(actions: Actions, popup: Popup) {
    this.#actions = actions;
    this.#who = h(
      'button',
      {
        type: 'button',
        class: 'red-ui-button tox-who',
        'aria-haspopup': 'listbox',
        'aria-expanded': 'false',
      },
      this.#icon,
      this.#name,
      this.#others,
      h('i', { class: 'fa fa-caret-down', 'aria-hidden': 'true' }),
    );
    this.#who.addEventListener('click', () => popup.toggle(this.#who, () => this.#list(popup)));
    this.#power = tool('power-off', text('tool.connect'), () => void this.#switch());
    this.#tools = [
      tool('download', text('tool.fetch'), () => void actions.order('retrieve')),
      tool('key', text('tool.renew'), () => void actions.order('refresh-keys')),
      this.#power,
    ];
    const edit = tool('pencil', text('tool.edit'), () => actions.edit(), false);
    this.element = h(
      'div',
      { class: 'tox-header' },
      this.#who,
      h(
        'span',
        { class: 'button-group', role: 'group', 'aria-label': text('tool.group') },
        ...this.#tools,
        edit,
      ),
    );
  }

  update(state: State): void {
    this.#state = state;
    const { view, sessions } = state;
    show(this.element, view !== undefined);
    if (view === undefined) return;
    const { icon: name, tone, words } = stateInList(view);
    setIcon(this.#icon, name, tone);
    setText(this.#name, view.name);
    const troubled = sessions.filter(
      ({ id, worst }) => id !== view.id && (worst === 'error' || worst === 'warning'),
    );
    show(this.#others, troubled.length > 0);
    const others =
      troubled.length > 0
        ? `. ${text('header.others', { names: troubled.map((each) => each.name).join(', ') })}`
        : '';
    setAttribute(this.#who, 'aria-label', `${text('header.session')}: ${view.name}, ${words}${others}`);
    setAttribute(this.#who, 'title', others === '' ? words : words + others);
    const wanted = view.open?.wanted === true;
    const power = text(wanted ? 'tool.disconnect' : 'tool.connect');
    setAttribute(this.#power, 'title', power);
    setAttribute(this.#power, 'aria-label', power);
    setAttribute(this.#power, 'aria-pressed', String(wanted));
    const canSwitch = view.open?.network === 'tox' || view.open?.network === 'virtual';
    for (const each of this.#tools) {
      each.dataset.off = String(view.open === undefined || (each === this.#power && !canSwitch));
    }
  }

  async #switch(): Promise<void> {
    const wanted = this.#state?.view?.open?.wanted === true;
    await this.#actions.order(wanted ? 'disconnect' : 'connect');
  }

  #list(popup: Popup): HTMLElement {
    const { sessions = [], view } = this.#state ?? {};
    const options = sessions.map((session) => this.#option(session, session.id === view?.id, popup));
    const list = h(
      'ul',
      { role: 'listbox', class: 'tox-pick', 'aria-label': text('header.session') },
      ...options,
    );
    list.addEventListener('keydown', (event) => {
      const at = options.findIndex((option) => option === document.activeElement);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: options.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      options[Math.min(Math.max(to, 0), options.length - 1)]?.focus();
    });
    return list;
  }

  #option(session: SessionSummary, isChosen: boolean, popup: Popup): HTMLElement {
    const { icon: name, tone, words } = stateInList(session);
    const option = h(
      'li',
      { role: 'option', tabindex: isChosen ? '0' : '-1', 'aria-selected': String(isChosen) },
      icon(name, tone),
      h(
        'div',
        { class: 'tox-main' },
        h('div', { class: 'tox-cut' }, session.name),
        h('div', { class: 'tox-soft' }, words),
      ),
    );
    const choose = () => {
      popup.close(true);
      this.#actions.choose(session.id);
    };
    option.addEventListener('click', choose);
    option.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        choose();
      }
    });
    return option;
  }
}

function tool(name: string, label: string, run: () => void, writes = true): HTMLButtonElement {
  const element = button({ label, icon: name, writes, run });
  element.className = 'red-ui-button red-ui-sidebar-header-button';
  return element;
}
