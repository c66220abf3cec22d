import { order, RequestError } from './api.js';
import { Banner } from './frame/banner.js';
import { h, show } from './widgets/dom.js';
import { Empty } from './frame/empty.js';
import { Footer } from './frame/footer.js';
import { Header } from './frame/header.js';
import { Identity } from './frame/identity.js';
import { Popup } from './widgets/popup.js';
import { Friends } from './sections/friends.js';
import { History } from './sections/history.js';
import { Inbox } from './sections/inbox.js';
import { Kept } from './sections/kept.js';
import { StorageNodes } from './sections/nodes.js';
import { Outbox } from './sections/outbox.js';
import { Requests } from './sections/requests.js';
import type { Actions, Part, State } from './state.js';
import { Store } from './store.js';
import { text } from './texts.js';

/** The sidebar as a whole. */
export class Sidebar implements Actions {
  readonly element = h('div', { class: 'tox' });
  readonly toolbar: HTMLElement;
  readonly mayWrite = RED.user.hasPermission('tox-async.write');
  readonly #store: Store;
  readonly #parts: readonly Part[];
  readonly #sections = [
    new Requests(this),
    new Friends(this),
    new Outbox(this),
    new Inbox(),
    new StorageNodes(),
    new Kept(),
    new History(),
  ];
  readonly #body: HTMLElement;
  readonly #sectionsElement: HTMLElement;

  constructor() {
    this.#store = new Store(
      (state) => this.#update(state),
      () => this.element.offsetParent !== null && !document.hidden,
    );
    const popup = new Popup(this.element);
    const footer = new Footer(this.#sections.map(({ section }) => section));
    const [header, identity, banner, empty] = [
      new Header(this, popup),
      new Identity(popup),
      new Banner(this),
      new Empty(this),
    ];
    this.#parts = [header, identity, banner, empty, footer];
    this.#sectionsElement = h('div', {}, ...this.#sections.map(({ element }) => element));
    const readOnly = h('div', { class: 'tox-none tox-soft' }, text('readOnly'));
    show(readOnly, !this.mayWrite);
    this.#body = h(
      'div',
      { class: 'tox-body' },
      identity.element,
      banner.element,
      readOnly,
      empty.element,
      this.#sectionsElement,
    );
    this.element.append(header.element, this.#body);
    this.toolbar = footer.element;
    show(header.element, false);
    show(identity.element, false);
    show(banner.element, false);
    show(this.#sectionsElement, false);
  }

  /** Something changed. */
  readonly refresh = (): void => this.#store.refresh();
  /** Somebody may be looking now. */
  readonly look = (): void => this.#store.look();

  choose(id: string): void {
    this.#store.choose(id);
  }

  edit(): void {
    const id = this.#store.chosen;
    if (id !== undefined) RED.editor.editConfig('', 'storage-node', id);
  }

  async order(action: string, fields?: object): Promise<Record<string, unknown> | undefined> {
    const id = this.#store.chosen;
    if (id === undefined) return undefined;
    try {
      return await order(id, action, fields);
    } catch (error) {
      const message = error instanceof RequestError && error.message !== '' ? error.message : text('failed');
      RED.notify(h('span', {}, message), { type: 'error', timeout: 8000 });
      return undefined;
    } finally {
      this.#store.refresh();
    }
  }

  #update(state: State): void {
    for (const part of this.#parts) part.update(state);
    const open = state.isDenied ? undefined : state.view?.open;
    show(this.#sectionsElement, open !== undefined);
    if (open !== undefined && state.view !== undefined) {
      for (const section of this.#sections) section.update(open, state.view);
    }
    this.#switchButtons(state);
  }

  /** Off while Node-RED does not answer, and for those who may only look. */
  #switchButtons({ isLive }: State): void {
    for (const each of this.element.querySelectorAll<HTMLButtonElement>('button[data-writes]')) {
      const isOff = !isLive || !this.mayWrite || each.dataset.off === 'true';
      if (each.disabled !== isOff) each.disabled = isOff;
    }
  }
}
