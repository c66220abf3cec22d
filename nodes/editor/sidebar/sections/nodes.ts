import type { NodeView, OpenSessionView } from '../../../sidebar/view.js';
import { h, KeyedRows, type Row } from '../widgets/dom.js';
import { Section } from '../widgets/section.js';
import type { SessionPart } from '../state.js';
import { called, span, text, textIfAny } from '../texts.js';
import { RowParts } from './row.js';

/** Peers that keep mail for this session, and how they do. */
export class StorageNodes implements SessionPart {
  readonly section = new Section('nodes', text('nodes.title'), text('nodes.none'));
  readonly element = this.section.element;
  readonly #rows: KeyedRows<NodeView>;

  constructor() {
    const list = h('ul');
    this.section.body.append(list);
    this.#rows = new KeyedRows(list, ({ publicKey }) => publicKey, nodeRow);
  }

  update({ nodes }: OpenSessionView): void {
    const taking = nodes.filter(
      (node) => node.here && node.acceptsStores && node.refusal === undefined,
    ).length;
    const count = nodes.length === 0 ? '' : text('nodes.count', { taking, nodes: nodes.length });
    this.section.update(count, nodes.length === 0);
    this.#rows.update(nodes.toSorted((a, b) => called(a).localeCompare(called(b))));
  }
}

function nodeRow(): Row<NodeView> {
  const parts = new RowParts();
  return {
    element: h('li', { class: 'tox-row' }, parts.icon, parts.main),
    update: (node) => parts.update({ title: called(node), ...nodeLine(node) }),
  };
}

/** Icon and second line of a storage node. */
export function nodeLine(node: NodeView): { icon: string; tone: string; detail: string } {
  const { refusal, here, health, asked, holdsMail, acceptsStores } = node;
  if (refusal !== undefined) {
    const why = textIfAny(`refusal.${refusal.code}`) ?? refusal.code;
    return {
      icon: 'exclamation-triangle',
      tone: 'warn',
      detail: text('nodes.refuses', { why, span: span(refusal.wait) }),
    };
  }
  if (!here) return { icon: 'circle-o', tone: '', detail: text('nodes.away') };
  if (health !== 'good')
    return { icon: 'exclamation-triangle', tone: 'warn', detail: text(`nodes.${health}`) };
  const mail = text(
    holdsMail ? 'nodes.holdsMail' : acceptsStores ? 'nodes.hasNothing' : 'nodes.takesNothing',
  );
  const when = asked === undefined ? undefined : text('nodes.asked', { span: span(asked) });
  return {
    icon: 'circle',
    tone: 'ok',
    detail: [when, mail].filter((part) => part !== undefined).join(' · '),
  };
}
