/** Confirmation of what cannot be undone. `ConfirmHost`, mounted once, renders the question. */

export interface Question {
  title: string;
  text: string;
  /** The label of the confirm button. */
  action: string;
  danger?: boolean;
  /** What has to be typed first, for example the name of what is deleted. */
  typed?: string;
}

class Confirmations {
  question = $state.raw<Question | null>(null);
  #answer: ((yes: boolean) => void) | null = null;

  ask(question: Question): Promise<boolean> {
    this.answer(false);
    this.question = question;
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }

  answer(yes: boolean): void {
    this.question = null;
    this.#answer?.(yes);
    this.#answer = null;
  }
}

export const confirmations = new Confirmations();

export function confirm(question: Question): Promise<boolean> {
  return confirmations.ask(question);
}
