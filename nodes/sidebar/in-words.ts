import { saidIn } from '../runtime/failures/failure-words';
import { findingWords } from '../runtime/finding-words';
import type { Words } from '../runtime/words';
import type { FaultView, FindingView, SessionSummary, SessionView } from './view';

/** A view whose findings and faults speak the language of the runtime. */
export function inWords(words: Words, view: SessionView): SessionView {
  const { open } = view;
  const head = headInWords(words, view);
  if (open === undefined) return head;
  const said = <T extends { readonly findings: readonly FindingView[] }>(part: T): T => ({
    ...part,
    findings: part.findings.map((finding) => ({ ...finding, text: findingWords(words, finding) })),
  });
  const { trouble } = open.kept;
  const kept = trouble === undefined ? open.kept : { ...open.kept, trouble: faultInWords(words, trouble) };
  return { ...head, open: { ...said(open), friends: open.friends.map(said), kept } };
}

/** What a list has of it, likewise. */
export function headInWords<T extends Pick<SessionSummary, 'trouble'>>(words: Words, head: T): T {
  const { trouble } = head;
  return trouble === undefined ? head : { ...head, trouble: faultInWords(words, trouble) };
}

export function faultInWords<T extends FaultView>(words: Words, fault: T): T {
  return fault.said === undefined ? fault : { ...fault, text: saidIn(words, fault.said) ?? fault.text };
}
