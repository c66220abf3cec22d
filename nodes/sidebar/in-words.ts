import { findingWords } from '../runtime/finding-words';
import type { Words } from '../runtime/words';
import type { FindingView, SessionView } from './view';

/** A view whose findings speak the language of the runtime. */
export function inWords(words: Words, view: SessionView): SessionView {
  const { open } = view;
  if (open === undefined) return view;
  const said = <T extends { readonly findings: readonly FindingView[] }>(part: T): T => ({
    ...part,
    findings: part.findings.map((finding) => ({ ...finding, text: findingWords(words, finding) })),
  });
  return { ...view, open: { ...said(open), friends: open.friends.map(said) } };
}
