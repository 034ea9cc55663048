/**
 * A stack of what components register while they are mounted. The list itself
 * is not reactive state: an effect being torn down reads state as it was before
 * the change that ends it, and would restore what others removed meanwhile.
 */
export class Stack<T> {
  #items: readonly T[] = [];
  #changes = 0;
  #seen = $state(0);

  /** The current items, the latest last. Reactive. */
  get items(): readonly T[] {
    void this.#seen;
    return this.#items;
  }

  push(item: T): () => void {
    this.#set([...this.#items, item]);
    return () => this.#set(this.#items.filter((other) => other !== item));
  }

  #set(items: readonly T[]): void {
    this.#items = items;
    this.#seen = this.#changes += 1;
  }
}
