/** Icons of controls. */
import type { LucideProps } from '@lucide/svelte';
import type { Component } from 'svelte';

/** An icon from the icon set. */
export type Icon = Component<LucideProps>;
