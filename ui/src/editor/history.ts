/** Undo and redo over whole values, oldest first; as deep as memory allows. */
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
   * step back: a word typed or a handle dragged is undone at once.
   */
  push(value: T, mergeKey: string | null = null): void {
    if (mergeKey === null || mergeKey !== this.#mergeKey) this.#past.push(this.#present);
    this.#mergeKey = mergeKey;
    this.#present = value;
    this.#future = [];
  }

  /** Corrects the present value without a step to go back to. */
  replace(value: T): void {
    this.#present = value;
  }

  /** Ends a run of merged values: the next one is a step of its own. */
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
