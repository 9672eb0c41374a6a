import type { Attachment } from 'svelte/attachments';

/** Scrolls an element into sight when `wanted` becomes true: what is chosen elsewhere is seen here. */
export const intoView =
  (wanted: boolean): Attachment<HTMLElement> =>
  (element) => {
    if (wanted) element.scrollIntoView({ block: 'nearest' });
  };
