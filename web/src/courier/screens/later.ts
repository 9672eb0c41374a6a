/** Screens that the first sight of the day does without: fetched after it, kept with it for use without network. */
export { default as CollectScreen } from './CollectScreen.svelte';
export { default as TransferScreen } from './TransferScreen.svelte';
export { default as DeliverScreen } from './DeliverScreen.svelte';
export { default as FailScreen } from './FailScreen.svelte';
export { default as LoadScreen } from './LoadScreen.svelte';
export { default as OutboxScreen } from './OutboxScreen.svelte';
