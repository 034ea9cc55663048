/** Steps back, newest first. A step is run once; one that fails is gone, for trying it again would fail again. */
export class UndoStack {
  #steps: (() => Promise<void> | void)[] = [];
  #running = false;

  /** Records how to take back what was just done; the answer takes this very step back, once. */
  push(step: () => Promise<void> | void): () => Promise<void> {
    this.#steps.push(step);
    return () => this.#take(step);
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
      await this.#take(step);
    } finally {
      this.#running = false;
    }
    return true;
  }

  async #take(step: () => Promise<void> | void): Promise<void> {
    const at = this.#steps.lastIndexOf(step);
    if (at < 0) return;
    this.#steps.splice(at, 1);
    await step();
  }
}
