/** A step that can be taken back. */
export class Step {
  #run: (() => Promise<void> | void) | null;
  #whenTaken: (() => void)[] = [];

  constructor(run: () => Promise<void> | void) {
    this.#run = run;
  }

  /** What to do once it is taken back, whichever way: what offered it has nothing to offer any more. */
  whenTaken(tell: () => void): void {
    this.#whenTaken.push(tell);
  }

  /** Takes it back, once: one that fails would fail again. */
  async take(): Promise<void> {
    const run = this.#run;
    if (!run) return;
    this.#run = null;
    for (const tell of this.#whenTaken) tell();
    await run();
  }
}

/** Steps back, newest first. */
export class UndoStack {
  #steps: Step[] = [];
  #running = false;

  /** Records how to take back what was just done. */
  push(run: () => Promise<void> | void): Step {
    const step = new Step(run);
    this.#steps.push(step);
    step.whenTaken(() => (this.#steps = this.#steps.filter((other) => other !== step)));
    return step;
  }

  get empty(): boolean {
    return this.#steps.length === 0;
  }

  /** Takes the newest step back. False where there is none, or one is still being taken. */
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
