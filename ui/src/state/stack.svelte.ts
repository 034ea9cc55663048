/**
 * What components put up for as long as they are on the screen. The list itself
 * is no state: an effect that is being torn down reads state as it was before
 * the change that ends it, and would put back what others took away meanwhile.
 */
export class Stack<T> {
  #items: readonly T[] = [];
  #changes = 0;
  #seen = $state(0);

  /** What is up now, the latest last. Followed by whatever reads it. */
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
