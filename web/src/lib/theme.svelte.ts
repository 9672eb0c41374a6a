export type Theme = 'light' | 'dark';

const KEY = 'buuta.theme';

function first(): Theme {
  const kept = localStorage.getItem(KEY);
  if (kept === 'light' || kept === 'dark') return kept;
  return globalThis.matchMedia?.('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Light or dark: the system's wish at first, then the person's remembered choice. */
class ThemeChoice {
  current = $state<Theme>(first());

  toggle(): void {
    this.current = this.current === 'light' ? 'dark' : 'light';
    localStorage.setItem(KEY, this.current);
    this.apply();
  }

  apply(): void {
    document.documentElement.dataset['theme'] = this.current;
  }
}

export const theme = new ThemeChoice();
