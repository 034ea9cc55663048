/** Entry point of the page. */
import '@fontsource-variable/inter';
import { mount } from 'svelte';
import './app.css';
import App from './app/App.svelte';
import { startPlatform } from './platform';
import { tauri } from './platform/tauri';

const target = document.getElementById('app');
if (!target) throw new Error('The page has no place for the application.');

// Use the system's theme until the settings are loaded, to avoid a flash.
if (window.matchMedia('(prefers-color-scheme: light)').matches)
  document.documentElement.dataset['theme'] = 'light';

// A plain browser in development gets an in-memory library, which production
// bundles do not contain.
if (import.meta.env.DEV && !('__TAURI_INTERNALS__' in window)) {
  const { createMemoryPlatform, optionsFromAddress } = await import('./memory');
  startPlatform(createMemoryPlatform(optionsFromAddress(location.search)));
} else {
  startPlatform(tauri);
}
mount(App, { target });
