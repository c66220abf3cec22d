import { getQr } from '../api.js';
import { h } from './dom.js';
import { text } from '../texts.js';

/** Modules of quiet zone that readers want around the code. */
const QUIET = 4;
const SVG = 'http://www.w3.org/2000/svg';

/** The Tox ID as a QR code and in digits. Black on white in every theme: readers want dark on light. */
export function qrCard(id: string): HTMLElement {
  const digits = h('div', { class: 'tox-mono tox-digits', tabindex: '0' }, text('qr.wait'));
  const card = h('div', { class: 'tox-qr', role: 'dialog', 'aria-label': text('qr.title') }, digits);
  getQr(id).then(
    ({ toxId, rows }) => {
      digits.textContent = toxId;
      card.prepend(drawing(rows));
    },
    () => {
      digits.textContent = text('qr.failed');
    },
  );
  return card;
}

function drawing(rows: readonly string[]): SVGElement {
  const path = rows
    .flatMap((row, y) =>
      [...row.matchAll(/1+/g)].map(({ index, 0: run }) => `M${index} ${y}h${run.length}v1h-${run.length}z`),
    )
    .join('');
  const size = rows.length + 2 * QUIET;
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `${-QUIET} ${-QUIET} ${size} ${size}`);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', text('qr.image'));
  const [ground, dark] = [document.createElementNS(SVG, 'rect'), document.createElementNS(SVG, 'path')];
  for (const [name, value] of Object.entries({
    x: -QUIET,
    y: -QUIET,
    width: size,
    height: size,
    fill: '#fff',
  })) {
    ground.setAttribute(name, String(value));
  }
  dark.setAttribute('d', path);
  dark.setAttribute('fill', '#000');
  dark.setAttribute('shape-rendering', 'crispEdges');
  svg.append(ground, dark);
  return svg;
}
