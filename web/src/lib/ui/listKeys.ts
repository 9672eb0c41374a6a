import type { Attachment } from 'svelte/attachments';

/** Where the keyboard goes from place `index` in a list of `length`: `null` when the key is none of ours. */
export function step(key: string, index: number, length: number): number | null {
  if (length === 0) return null;
  if (key === 'j' || key === 'ArrowDown') return Math.min(length - 1, index + 1);
  if (key === 'k' || key === 'ArrowUp') return index < 0 ? length - 1 : Math.max(0, index - 1);
  if (key === 'Home') return 0;
  if (key === 'End') return length - 1;
  return null;
}

/** Moves focus through the `[data-row]` children with j/k and the arrows; Enter is the row's own. */
export const listKeys: Attachment<HTMLElement> = (list) => {
  function move(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const rows = [...list.querySelectorAll<HTMLElement>('[data-row]')];
    const next = step(event.key, rows.indexOf(document.activeElement as HTMLElement), rows.length);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    rows[next]?.focus();
    rows[next]?.scrollIntoView({ block: 'nearest' });
  }
  list.addEventListener('keydown', move);
  return () => list.removeEventListener('keydown', move);
};

/** True where single letters are no commands of the page: in a field, and in a dialog that lies over the page. */
export function elsewhere(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.closest('input, select, textarea, dialog') !== null);
}
