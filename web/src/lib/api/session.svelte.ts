import type { components } from '../../client/schema';
import { language } from '$lib/strings/language.svelte';
import { followServerClock } from '$lib/serverClock';
import { get, post, put, del } from './client';
import { asProblem, type ApiProblem } from './problem';

export type User = components['schemas']['UserOut'];
export type SessionState = 'asking' | 'out' | 'in' | 'away';

/** Who changes what is planned and decided; managers look on. The server holds the same rule. */
const DISPATCHING = new Set(['admin', 'dispatcher']);

/** Who sits at this screen; the cookie itself is out of the script's reach. */
class Session {
  state = $state<SessionState>('asking');
  user = $state<User | null>(null);
  problem = $state<ApiProblem | null>(null);
  expired = $state(false);
  /** Who was here before: the screens still hold what they were shown. */
  private before = '';
  readonly mayDispatch = $derived(DISPATCHING.has(this.user?.role ?? ''));

  async ask(): Promise<void> {
    this.state = 'asking';
    await followServerClock();
    try {
      this.enter((await get('/v1/me')).user);
    } catch (error) {
      const problem = asProblem(error);
      this.problem = problem.status === 401 ? null : problem;
      this.state = problem.status === 401 ? 'out' : 'away';
    }
  }

  /** Signs in; a refusal is thrown as `ApiProblem`. */
  async signIn(login: string, password: string): Promise<void> {
    this.enter((await post('/v1/session', { body: { login, password } })).user);
  }

  async signOut(): Promise<void> {
    await del('/v1/session').catch(() => undefined);
    this.user = null;
    this.state = 'out';
  }

  /** A call was answered with 401: back to the sign-in, saying why. */
  end(): void {
    if (this.state !== 'in') return;
    this.user = null;
    this.expired = true;
    this.state = 'out';
  }

  /** Remembers the language on the account too, so that papers and mails follow; the screen does not wait for it. */
  chooseLanguage(): void {
    language.choose(language.other);
    if (this.user) put('/v1/me/language', { body: { language: language.current } }).catch(() => undefined);
  }

  private enter(user: User): void {
    // Somebody else at the same screen begins on a fresh page, not among what the one before was shown.
    if (this.before && this.before !== user.id) return location.reload();
    this.before = user.id;
    this.user = user;
    this.problem = null;
    this.expired = false;
    this.state = 'in';
    language.follow(user.language);
  }
}

export const session = new Session();
