/** Pictures of controls. */
import type { LucideProps } from '@lucide/svelte';
import type { Component } from 'svelte';

/** A picture from the icon set. */
export type Icon = Component<LucideProps>;
