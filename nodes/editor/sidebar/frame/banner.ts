import { button, h, icon, setAttribute, setIcon, setText, show } from '../widgets/dom.js';
import { problemsOf, type Problem } from '../problems.js';
import type { Actions, Part, State } from '../state.js';
import { called, faultIn, lasting, sentenceOf, text, textIfAny, type Params } from '../texts.js';

/** The worst problem, what to do about it, and how many more there are. */
export class Banner implements Part {
  readonly element: HTMLElement;
  readonly #icon = icon('exclamation-triangle', 'warn');
  readonly #fact = h('b');
  readonly #advice = h('span');
  readonly #more = h('span', { class: 'tox-soft' });
  readonly #buttons: Readonly<Record<'edit' | 'renew', HTMLButtonElement>>;
  #problem: Problem | undefined;

  constructor(actions: Actions) {
    this.#buttons = {
      edit: button({ label: text('banner.edit'), run: () => actions.edit() }),
      renew: button({
        label: text('friend.renew'),
        writes: true,
        run: () => void actions.order('refresh-keys', { friend: this.#problem?.friend?.publicKey }),
      }),
    };
    this.element = h(
      'div',
      { class: 'tox-banner', role: 'status', 'aria-live': 'polite' },
      this.#icon,
      h('div', { class: 'tox-main' }, this.#fact, this.#advice, this.#more),
      ...Object.values(this.#buttons),
    );
  }

  update({ view }: State): void {
    const problems = view === undefined ? [] : problemsOf(view);
    const [problem] = problems;
    this.#problem = problem;
    show(this.element, problem !== undefined);
    if (problem === undefined) return;
    const isError = problem.level === 'error';
    setAttribute(this.element, 'class', isError ? 'tox-banner tox-error' : 'tox-banner');
    setIcon(this.#icon, isError ? 'exclamation-circle' : 'exclamation-triangle', isError ? 'bad' : 'warn');
    const { fact, advice } = wordsOf(problem);
    setText(this.#fact, fact);
    setText(this.#advice, advice);
    setText(this.#more, problems.length > 1 ? ` ${text('banner.more', { count: problems.length - 1 })}` : '');
    for (const [remedy, element] of Object.entries(this.#buttons)) show(element, remedy === problem.remedy);
  }
}

function wordsOf({ code, text: sentence, said, params, friend }: Problem): { fact: string; advice: string } {
  const fact =
    textIfAny(`problem.${code}`, friend && friendParams(friend)) ?? text('problem.other', { code });
  const advice =
    textIfAny(`advice.${code}`, friend && friendParams(friend)) ??
    sentenceOf({ code, params, text: faultIn({ text: sentence, said }) });
  return { fact, advice };
}

function friendParams(friend: NonNullable<Problem['friend']>): Params {
  const { sendable, days } = friend.keys;
  const left = days === undefined ? text('keys.count', { count: sendable }) : lasting(days);
  return { friend: called(friend), left };
}
