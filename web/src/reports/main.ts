import '$lib/page.css';
import '../console/console.css';
import { mount } from 'svelte';
import { theme } from '$lib/theme.svelte';
import ReportsPage from './ReportsPage.svelte';

theme.apply();
mount(ReportsPage, { target: document.getElementById('app') as HTMLElement });
