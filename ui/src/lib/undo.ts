/** Something that can be undone. */
export interface Undoable {
  /** Undoes it, once. */
  take(): Promise<void>;
  /** Called once it is undone, by whatever means: an offer to undo it is then obsolete. */
  whenTaken(tell: () => void): void;
}

/** A step that can be undone. */
export class Step implements Undoable {
  #run: (() => Promise<void> | void) | null;
  #whenTaken: (() => void)[] = [];

  constructor(run: () => Promise<void> | void) {
    this.#run = run;
  }

  whenTaken(tell: () => void): void {
    this.#whenTaken.push(tell);
  }

  /** A failed attempt would fail again. */
  async take(): Promise<void> {
    const run = this.#run;
    if (!run) return;
    this.#run = null;
    for (const tell of this.#whenTaken) tell();
    await run();
  }
}

/** Undo steps, newest first. */
export class UndoStack {
  #steps: Step[] = [];
  #running = false;

  /** Records how to undo what was just done. */
  push(run: () => Promise<void> | void): Step {
    const step = new Step(run);
    this.#steps.push(step);
    step.whenTaken(() => (this.#steps = this.#steps.filter((other) => other !== step)));
    return step;
  }

  get empty(): boolean {
    return this.#steps.length === 0;
  }

  /** Undoes the newest step. False if there is none, or an undo is still running. */
  async undo(): Promise<boolean> {
    const step = this.#steps.at(-1);
    if (!step || this.#running) return false;
    this.#running = true;
    try {
      await step.take();
    } finally {
      this.#running = false;
    }
    return true;
  }
}
