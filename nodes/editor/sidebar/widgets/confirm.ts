import { text } from '../texts.js';

/** Asks before something that cannot be undone. Resolves true when the user wants it. */
export function confirmed(question: string, yes: string): Promise<boolean> {
  return new Promise((resolve) => {
    const answer = (is: boolean) => () => {
      notification.close();
      resolve(is);
    };
    const paragraph = document.createElement('p');
    paragraph.textContent = question;
    const notification = RED.notify(paragraph, {
      type: 'warning',
      modal: true,
      fixed: true,
      buttons: [
        { text: text('cancel'), click: answer(false) },
        { text: yes, class: 'primary', click: answer(true) },
      ],
    });
  });
}
