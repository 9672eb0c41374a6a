import '$lib/page.css';
import './console.css';
import { mount } from 'svelte';
import { theme } from '$lib/theme.svelte';
import ConsolePage from './ConsolePage.svelte';

theme.apply();
mount(ConsolePage, { target: document.getElementById('app') as HTMLElement });
