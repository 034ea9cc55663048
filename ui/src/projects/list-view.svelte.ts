/** View state of the project list, kept across screens and reset for another profile. */
import type { ProjectQuery, ProjectSort, ProjectStatus } from '../platform';

export type Filter = 'all' | ProjectStatus | 'deleted';

class ListView {
  search = $state('');
  sort = $state<ProjectSort>('recent');
  filter = $state<Filter>('all');
  #profile: string | null = null;

  enter(profile: string | null): void {
    if (profile === this.#profile) return;
    this.#profile = profile;
    this.search = '';
    this.sort = 'recent';
    this.filter = 'all';
  }

  /** Whether a filter is active, so that an empty list does not mean an empty library. */
  get narrowed(): boolean {
    return this.search.trim() !== '' || this.filter !== 'all';
  }

  clear(): void {
    this.search = '';
    this.filter = 'all';
  }

  query(search: string): ProjectQuery {
    return {
      search: search.trim() || null,
      sort: this.sort,
      trashed: this.filter === 'deleted',
      status: this.filter === 'all' || this.filter === 'deleted' ? null : this.filter,
    };
  }
}

export const listView = new ListView();
