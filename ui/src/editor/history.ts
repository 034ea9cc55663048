/** Undo and redo of whole values, oldest first, without a limit. */
export class History<T> {
  #past: T[] = [];
  #future: T[] = [];
  #present: T;
  #mergeKey: string | null = null;

  constructor(initial: T) {
    this.#present = initial;
  }

  get present(): T {
    return this.#present;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /**
   * Records a new value. Consecutive values with the same merge key are one
   * step: a typed word or a dragged handle is undone at once.
   */
  push(value: T, mergeKey: string | null = null): void {
    if (mergeKey === null || mergeKey !== this.#mergeKey) this.#past.push(this.#present);
    this.#mergeKey = mergeKey;
    this.#present = value;
    this.#future = [];
  }

  /** Replaces the current value without an undo step. */
  replace(value: T): void {
    this.#present = value;
  }

  /** Ends a run of merged values: the next one is a separate step. */
  seal(): void {
    this.#mergeKey = null;
  }

  undo(): T | undefined {
    const value = this.#past.pop();
    if (value === undefined) return undefined;
    this.#future.push(this.#present);
    this.#present = value;
    this.#mergeKey = null;
    return value;
  }

  redo(): T | undefined {
    const value = this.#future.pop();
    if (value === undefined) return undefined;
    this.#past.push(this.#present);
    this.#present = value;
    this.#mergeKey = null;
    return value;
  }
}
