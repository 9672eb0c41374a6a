import { asProblem, type ApiProblem } from '$lib/api/problem';
import { toasts } from './toasts.svelte';

/** What a person does on a screen, one deed at a time; a refusal is shown with its code and changes nothing. */
export class Deeds {
  busy = $state(false);
  private underWay: Promise<boolean> = Promise.resolve(true);

  /** Does it and tells whether it was done; while another deed is under way this one is a slip of the hand. */
  protected tried(deed: () => Promise<void>, refused: (problem: ApiProblem) => unknown = (problem) => toasts.failed(problem)): Promise<boolean> {
    if (this.busy) return Promise.resolve(false);
    this.busy = true;
    return (this.underWay = this.run(deed, refused));
  }

  /** Takes a deed back: offered before the screen has caught up with the deed, so it waits for that instead of being lost. */
  protected takenBack(deed: () => Promise<void>): Promise<void> {
    return this.inTurn(deed);
  }

  /** Does it once nothing else is under way. */
  protected async inTurn(deed: () => Promise<void>, refused?: (problem: ApiProblem) => unknown): Promise<void> {
    while (this.busy) await this.underWay;
    await this.tried(deed, refused);
  }

  private async run(deed: () => Promise<void>, refused: (problem: ApiProblem) => unknown): Promise<boolean> {
    try {
      await deed();
      return true;
    } catch (error) {
      await refused(asProblem(error));
      return false;
    } finally {
      this.busy = false;
    }
  }
}
