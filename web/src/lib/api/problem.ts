import { shared as en } from '$lib/strings/en/shared';
import { language } from '$lib/strings/language.svelte';
import { shared as vi } from '$lib/strings/vi/shared';

/** One coded problem of an answer (RFC 9457 body, sentences in both languages). */
export interface CodedProblem {
  code: string;
  detail: string;
  detail_en?: string;
  pointer?: string | null;
}

/** What a problem says, in the language of the screen. */
export function sentenceOf(problem: CodedProblem): string {
  return language.current === 'en' ? (problem.detail_en ?? problem.detail) : problem.detail;
}

/** The field that a problem names: `host`, `/secret` and `path:name` are pointers, `/rows/3/code` names `rows`. */
function fieldOf({ pointer }: CodedProblem): string {
  return (pointer ?? '').replace(/^\/|^[a-z]+:/, '').split('/')[0] ?? '';
}

interface ProblemBody extends Partial<CodedProblem> {
  title?: string;
  status?: number;
  errors?: CodedProblem[];
}

/** The code of an answer that never came: no network, or a server that is away. */
export const NO_ANSWER = 'W0000';

/** Every refusal of the server, with all its problems; shown as code and sentence in the language of the screen. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly problems: readonly CodedProblem[],
  ) {
    super(problems.map((problem) => `${problem.code} ${problem.detail}`).join('; '));
    this.name = 'ApiProblem';
  }

  get code(): string {
    return this.problems[0]?.code ?? `HTTP ${this.status}`;
  }

  /** The sentence of one problem, the first by default. */
  sentence(problem: CodedProblem | undefined = this.problems[0]): string {
    return problem ? sentenceOf(problem) : this.message;
  }

  /** Those that name a field. */
  at(field: string): CodedProblem[] {
    return this.problems.filter((problem) => fieldOf(problem) === field);
  }

  /** Those that name none of the fields; `null` when there are none. */
  besides(fields: readonly string[]): ApiProblem | null {
    const others = this.problems.filter((problem) => !fields.includes(fieldOf(problem)));
    return others.length ? new ApiProblem(this.status, others) : null;
  }

  static noAnswer(): ApiProblem {
    return new ApiProblem(0, [{ code: NO_ANSWER, detail: vi.no_answer, detail_en: en.no_answer }]);
  }

  /** Reads a refused answer, whether it is problem+json or something a proxy made. */
  static async from(response: Response): Promise<ApiProblem> {
    const body = (await response
      .clone()
      .json()
      .catch(() => ({}))) as ProblemBody;
    if (body.errors?.length) return new ApiProblem(response.status, body.errors);
    const detail = body.detail ?? body.title ?? `${response.status} ${response.statusText}`;
    const single: CodedProblem = { code: body.code ?? `HTTP ${response.status}`, detail: String(detail) };
    if (body.detail_en) single.detail_en = body.detail_en;
    return new ApiProblem(response.status, [single]);
  }
}

/** Any thrown thing as an `ApiProblem`: a failed fetch means that no answer came. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof TypeError) return ApiProblem.noAnswer();
  return new ApiProblem(0, [{ code: 'W0001', detail: String(error) }]);
}
