import type { HourView, OpenSessionView, SessionView } from '../../../sidebar/view.js';
import { getHistory } from '../api.js';
import { h, setAttribute, setText, show } from '../widgets/dom.js';
import { Section } from '../widgets/section.js';
import type { SessionPart } from '../state.js';
import { span, text } from '../texts.js';
import { HOURS, weekOf, type Bar } from './week.js';

const SVG = 'http://www.w3.org/2000/svg';
/** Height of the chart above and below its middle, in hours of its width. */
const HALF = 11;
/** Nothing is so low that it is not seen. */
const LEAST = 1.5;
/** It is asked for at most this often, milliseconds. */
const PAUSE = 10_000;

/** What the session did in each hour of a week, as a small chart, and in sums. */
export class History implements SessionPart {
  readonly section = new Section('history', text('history.title'), text('history.none'));
  readonly element = this.section.element;
  readonly #chart = document.createElementNS(SVG, 'svg');
  readonly #delivered = h('span');
  readonly #received = h('span');
  readonly #more = h('div', { class: 'tox-soft tox-wrap' });
  readonly #content = h('div', { class: 'tox-kept' });
  #shown: string | undefined;
  #askedAt = -Infinity;

  constructor() {
    for (const [name, value] of Object.entries({
      viewBox: `0 ${-HALF} ${HOURS} ${2 * HALF}`,
      preserveAspectRatio: 'none',
      class: 'tox-week',
      role: 'img',
      'aria-label': text('history.chart'),
    }))
      this.#chart.setAttribute(name, value);
    const key = (tone: string, words: HTMLElement) =>
      h('span', {}, h('span', { class: `tox-key tox-${tone}`, 'aria-hidden': 'true' }), words);
    this.#content.append(
      this.#chart,
      h(
        'div',
        { class: 'tox-soft tox-week-keys' },
        h('span', {}, text('history.from')),
        key('up', this.#delivered),
        key('down', this.#received),
        h('span', {}, text('history.to')),
      ),
      this.#more,
    );
    this.section.body.append(this.#content);
    show(this.#content, false);
  }

  update(_open: OpenSessionView, { id }: SessionView): void {
    const isOther = id !== this.#shown;
    if (isOther) this.#show([]);
    if (!isOther && Date.now() - this.#askedAt < PAUSE) return;
    this.#shown = id;
    this.#askedAt = Date.now();
    // Where it cannot be had, the last one stays: the rest of the sidebar says what is wrong.
    void getHistory(id).then(
      ({ hours }) => {
        if (this.#shown === id) this.#show(hours);
      },
      () => undefined,
    );
  }

  #show(hours: readonly HourView[]): void {
    const { bars, delivered, received, failed, mostUnfinished } = weekOf(hours);
    const isEmpty = delivered + received + failed + mostUnfinished === 0;
    this.section.update(isEmpty ? '' : text('history.count', { count: delivered + received }), isEmpty);
    setText(this.#delivered, text('history.delivered', { count: delivered }));
    setText(this.#received, text('history.received', { count: received }));
    show(this.#content, !isEmpty);
    this.#chart.replaceChildren(middle(), ...bars.flatMap(drawn));
    const more = [
      ...(failed > 0 ? [text('history.failed', { count: failed })] : []),
      ...(mostUnfinished > 0 ? [text('history.most', { count: mostUnfinished })] : []),
    ];
    setText(this.#more, more.join(' · '));
  }
}

function middle(): SVGElement {
  return rectangle(0, -0.25, HOURS, 0.5, 'tox-middle');
}

function drawn({ at, up, down, hour }: Bar): SVGElement[] {
  const { delivered, received } = hour;
  const title = text('history.hour', { span: span(hour.age), delivered, received });
  const height = (part: number) => Math.max(LEAST, part * HALF);
  return [
    ...(up > 0 ? [rectangle(at, -height(up), 1, height(up), 'tox-up', title)] : []),
    ...(down > 0 ? [rectangle(at, 0, 1, height(down), 'tox-down', title)] : []),
  ];
}

function rectangle(
  x: number,
  y: number,
  width: number,
  height: number,
  tone: string,
  title?: string,
): SVGElement {
  const element = document.createElementNS(SVG, 'rect');
  for (const [name, value] of Object.entries({ x, y, width, height, class: tone }))
    setAttribute(element, name, String(value));
  if (title !== undefined) {
    const words = document.createElementNS(SVG, 'title');
    words.textContent = title;
    element.append(words);
  }
  return element;
}
