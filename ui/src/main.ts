/** Where the page begins. */
import '@fontsource-variable/inter';
import { mount } from 'svelte';
import './app.css';
import App from './App.svelte';
import { startPlatform } from './platform';

const target = document.getElementById('app');
if (!target) throw new Error('The page has no place for the application.');

// The system's theme until the settings are read: no flash of the other one.
if (window.matchMedia('(prefers-color-scheme: light)').matches)
  document.documentElement.dataset['theme'] = 'light';

await startPlatform();
mount(App, { target });
