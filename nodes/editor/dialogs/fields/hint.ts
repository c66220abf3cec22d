/** A line of words below a field: not colour alone says that something is wrong. */
export interface Said {
  readonly text: string;
  /** 'error' marks the field as invalid. */
  readonly level: 'info' | 'ok' | 'error';
}

const ICONS = { info: 'fa-info-circle', ok: 'fa-check', error: 'fa-exclamation-circle' } as const;

/**
 * Adds an empty line below a field, and returns what fills it.
 * @param field the input; of a typed input, the one that became it
 */
export function hintBelow(field: JQuery): (said: Said | undefined) => void {
  const id = `${field.attr('id') ?? ''}-hint`;
  const line = $('<div class="tox-async-hint" role="status">').attr('id', id).hide();
  field.closest('.form-row').append(line);
  return (said) => {
    const shown = visibleOf(field);
    const isWrong = said?.level === 'error';
    shown.attr('aria-invalid', String(isWrong)).attr('aria-describedby', id);
    line.empty().toggle(said !== undefined);
    if (said === undefined) return;
    line
      .attr('data-level', said.level)
      .append(
        $('<i class="fa" aria-hidden="true">').addClass(ICONS[said.level]),
        $('<span>').text(said.text),
      );
  };
}

/** The field that has the focus: a typed input hides the one it was made of. */
function visibleOf(field: JQuery): JQuery {
  const typed = field.next('.red-ui-typedInput-container').find('input');
  return typed.length > 0 ? typed : field;
}
