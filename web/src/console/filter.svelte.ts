export type Sort = 'due' | 'name' | 'commune' | 'status';

/** What the list of all items shows; the top bar's counts set it too. */
export const filter = $state<{ text: string; status: string; sort: Sort }>({ text: '', status: '', sort: 'due' });

export function clearFilter(): void {
  filter.text = filter.status = '';
}
