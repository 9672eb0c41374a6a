export type Language = 'vi' | 'en';

const KEY = 'buuta.language';

function remembered(): Language {
  return localStorage.getItem(KEY) === 'en' ? 'en' : 'vi';
}

/** The language of the screens: Vietnamese first, the choice is remembered on this device. */
class LanguageChoice {
  current = $state<Language>(remembered());

  choose(next: Language): void {
    this.current = next;
    localStorage.setItem(KEY, next);
    document.documentElement.lang = next;
  }

  /** The account's language, where this device has made no choice of its own. */
  follow(account: Language): void {
    if (localStorage.getItem(KEY) !== null) return;
    this.current = account;
    document.documentElement.lang = account;
  }

  get other(): Language {
    return this.current === 'vi' ? 'en' : 'vi';
  }
}

export const language = new LanguageChoice();
document.documentElement.lang = language.current;
