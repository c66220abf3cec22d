import type { OpenSessionView, RequestView } from '../../../sidebar/view.js';
import { button, h, KeyedRows, show, type Row } from '../widgets/dom.js';
import { Section } from '../widgets/section.js';
import type { Actions, SessionPart } from '../state.js';
import { called, span, text } from '../texts.js';
import { RowParts } from './row.js';

/** Who asks to be a friend. There is no section while nobody does. */
export class Requests implements SessionPart {
  readonly section = new Section('requests', text('requests.title'));
  readonly element = this.section.element;
  readonly #rows: KeyedRows<RequestView>;

  constructor(actions: Actions) {
    const list = h('ul');
    this.section.body.append(list);
    this.#rows = new KeyedRows(
      list,
      ({ publicKey }) => publicKey,
      (request) => requestRow(request, actions),
    );
  }

  update({ requests }: OpenSessionView): void {
    show(this.element, requests.length > 0);
    this.section.update(String(requests.length), false);
    this.#rows.update(requests);
  }
}

function requestRow({ publicKey }: RequestView, actions: Actions): Row<RequestView> {
  const parts = new RowParts();
  parts.detail.classList.add('tox-wrap');
  const who = called({ name: '', publicKey });
  const name = h('input', { type: 'text', id: `tox-accept-${publicKey}`, maxlength: '128' });
  const form = h(
    'form',
    { class: 'tox-form' },
    h('label', { for: name.id }, text('form.name')),
    name,
    h(
      'div',
      { class: 'tox-buttons tox-end' },
      button({ label: text('cancel'), run: () => unfold(false) }),
      button({ label: text('requests.accept'), primary: true, writes: true, run: () => void accept() }),
    ),
  );
  const first = button({
    label: text('requests.accept'),
    primary: true,
    writes: true,
    run: () => unfold(true),
  });
  const decline = button({
    label: text('requests.decline', { who }),
    icon: 'times',
    writes: true,
    run: () => void actions.order('decline', { friend: publicKey }),
  });
  const unfold = (isOpen: boolean) => {
    show(form, isOpen);
    show(first, !isOpen);
    (isOpen ? name : first).focus();
  };
  const accept = () => actions.order('accept', { friend: publicKey, name: name.value });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void accept();
  });
  form.hidden = true;
  const top = h('div', { class: 'tox-row-line' }, parts.icon, parts.main, first, decline);
  const element = h('li', { class: 'tox-row tox-folds' }, top, form);
  return {
    element,
    update: ({ text: words, age }) =>
      parts.update({ icon: 'user-plus', tone: 'info', title: who, note: span(age), detail: `“${words}”` }),
  };
}
