/** Settings of the application and their effects on the page: theme, accent, language. */
import { accentProperties } from '../lib/colour';
import { baseLocale, type Locale, locales, overwriteGetLocale } from '../paraglide/runtime';
import { api, type AppInfo, platform, type Settings, type SettingsPatch } from '../platform';

const FALLBACK: Settings = {
  theme: 'system',
  language: 'system',
  ffmpeg_path: null,
  output_folder: null,
  auto_advance: true,
  jobs_at_once: null,
  quiet: false,
  cache_limit_mb: null,
  hardware: false,
  zoom_percent: 100,
};

function systemLocale(): Locale {
  for (const wanted of navigator.languages) {
    const found = locales.find((locale) => wanted.toLowerCase().startsWith(locale));
    if (found) return found;
  }
  return 'en';
}

/** The language of the page. Every text and number reads it, so it is a plain variable. */
let spoken: Locale = baseLocale;
overwriteGetLocale(() => spoken);

/** Application-wide state: preferences, theme, language, and facts about the machine. */
class Preferences {
  value = $state.raw<Settings>(FALLBACK);
  info = $state.raw<AppInfo | null>(null);
  locale = $state<Locale>(spoken);
  #accent = '#7C8CFF';
  /** The current zoom of the page, in percent. */
  #zoomed = 100;
  #dark = window.matchMedia('(prefers-color-scheme: dark)');
  theme = $state<'light' | 'dark'>('dark');

  constructor() {
    this.#dark.addEventListener('change', () => this.#apply());
  }

  get mac(): boolean {
    return this.info?.platform === 'macos';
  }

  async load(): Promise<void> {
    const [value, info] = await Promise.all([api.getSettings(), api.appInfo()]);
    this.info = info;
    this.value = value;
    this.#apply();
  }

  async refresh(): Promise<void> {
    this.value = await api.getSettings();
    this.info = await api.appInfo();
    this.#apply();
  }

  async update(patch: SettingsPatch): Promise<void> {
    this.value = await platform().commands.updateSettings(patch);
    this.#apply();
  }

  /** Hides the damage of a library that could be opened, until it is detected again. */
  goOnAllTheSame(): void {
    if (this.info) this.info = { ...this.info, problem: null };
  }

  /** The colour of the profile in this window. */
  setAccent(colour: string): void {
    this.#accent = colour;
    this.#apply();
  }

  #apply(): void {
    const { theme, language, zoom_percent } = this.value;
    if (zoom_percent !== this.#zoomed) {
      this.#zoomed = zoom_percent;
      // A web view that cannot zoom leaves the page as it is.
      void platform()
        .setZoom(zoom_percent / 100)
        .catch(() => undefined);
    }
    this.theme = theme === 'system' ? (this.#dark.matches ? 'dark' : 'light') : theme;
    const locale = language === 'system' ? systemLocale() : language;
    spoken = locale;
    this.locale = locale;
    const root = document.documentElement;
    root.lang = locale;
    root.dataset['theme'] = this.theme;
    for (const [name, value] of Object.entries(accentProperties(this.#accent, this.theme))) {
      root.style.setProperty(name, value);
    }
  }
}

export const preferences = new Preferences();
