import { writeHeaders } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import { saveFile } from '$lib/saveFile';
import { say } from '$lib/strings/register';
import { Deeds } from '$lib/ui/deeds.svelte';
import { toasts } from '$lib/ui/toasts.svelte';
import { dossiers } from './dossiers.svelte';
import { markedName, toTake, type Answer } from './registerAnswer';

type Work = 'trying' | 'taking';

/** A register list on its way in: tried, looked at, mended on paper, taken in. */
class Register extends Deeds {
  /** As it was when it was chosen: what is taken in is what was tried, whatever happens to the file on the disk. */
  file = $state.raw<File | null>(null);
  answer = $state.raw<Answer | null>(null);
  problem = $state.raw<ApiProblem | null>(null);
  /** What the server is at, and since when by this machine's own watch. */
  work = $state.raw<{ what: Work; since: number } | null>(null);
  private stopper = new AbortController();

  /** Another list chosen while one is tried takes its place. */
  async choose(chosen: File): Promise<void> {
    if (this.work?.what === 'taking') return;
    this.stop();
    await this.inTurn(async () => {
      this.begin();
      this.file = new File([await chosen.arrayBuffer()], chosen.name, { type: chosen.type });
      await this.told('trying');
    }, this.refuse);
  }

  take(): Promise<boolean> {
    this.problem = null;
    return this.tried(async () => {
      const taken = await this.told('taking');
      toasts.done(say('taken_toast', { n: toTake(taken) }));
      await dossiers.restart();
    }, this.refuse);
  }

  mark(): Promise<boolean> {
    this.problem = null;
    return this.tried(async () => {
      const marked = await (await this.sent('/v1/results:mark')).blob();
      saveFile(markedName(this.file?.name ?? ''), marked);
    }, this.refuse);
  }

  /** Ends a trial, which leaves nothing behind; what is being taken in is let finish. */
  stop(): void {
    if (this.work?.what === 'trying') this.stopper.abort();
  }

  private begin(): void {
    this.stopper = new AbortController();
    this.file = null;
    this.answer = null;
    this.problem = null;
  }

  private async told(what: Work): Promise<Answer> {
    this.work = { what, since: performance.now() };
    try {
      const answer = (await (await this.sent('/v1/results:upload', what === 'trying')).json()) as Answer;
      return (this.answer = answer);
    } finally {
      this.work = null;
    }
  }

  private async sent(path: string, dryRun?: boolean): Promise<Response> {
    const body = new FormData();
    if (this.file) body.set('file', this.file);
    if (dryRun !== undefined) body.set('dry_run', String(dryRun));
    const answer = await fetch(path, { method: 'POST', headers: writeHeaders(), body, signal: dryRun ? this.stopper.signal : null });
    if (!answer.ok) throw await ApiProblem.from(answer);
    return answer;
  }

  private readonly refuse = (problem: ApiProblem): void => {
    // Whoever stopped it knows.
    if (this.stopper.signal.aborted) this.file = null;
    else this.problem = problem;
  };
}

export const register = new Register();
