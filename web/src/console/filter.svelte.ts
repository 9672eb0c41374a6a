export type Sort = 'due' | 'name' | 'commune' | 'status';

/** What the list of all items shows; the top bar's counts set it too. */
export const filter = $state<{ text: string; status: string; commune: string; sort: Sort }>({ text: '', status: '', commune: '', sort: 'due' });

/** Takes the filter that a link from a report carries. */
export function filterFrom(asked: URLSearchParams): void {
  filter.status = asked.get('status') ?? '';
  filter.commune = asked.get('commune') ?? '';
}

export function clearFilter(): void {
  filter.text = filter.status = filter.commune = '';
}
