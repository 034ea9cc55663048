/** Where the page begins. */
import '@fontsource-variable/inter';
import { mount } from 'svelte';
import './app.css';
import App from './app/App.svelte';
import { startPlatform } from './platform';

const target = document.getElementById('app');
if (!target) throw new Error('The page has no place for the application.');

// The system's theme until the settings are read: no flash of the other one.
if (window.matchMedia('(prefers-color-scheme: light)').matches)
  document.documentElement.dataset['theme'] = 'light';

// A plain browser in development gets an in-memory library, which no production bundle contains.
if (import.meta.env.DEV && !('__TAURI_INTERNALS__' in window)) {
  const { createMemoryPlatform, optionsFromAddress } = await import('./memory');
  await startPlatform(createMemoryPlatform(optionsFromAddress(location.search)));
} else {
  await startPlatform();
}
mount(App, { target });
