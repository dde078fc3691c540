/** Light, dark, or as the system says; remembered on this device. */

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'lastmile.theme';

let theme = $state<Theme>(stored());

export const appearance = {
  get theme() {
    return theme;
  },
  set theme(value: Theme) {
    theme = value;
    localStorage.setItem(KEY, value);
    applyTheme();
  },
};

export function applyTheme(): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

function stored(): Theme {
  const value = localStorage.getItem(KEY);
  return value === 'light' || value === 'dark' ? value : 'system';
}
