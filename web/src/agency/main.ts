import '$lib/page.css';
import '../console/console.css';
import { mount } from 'svelte';
import { theme } from '$lib/theme.svelte';
import AgencyPage from './AgencyPage.svelte';

theme.apply();
mount(AgencyPage, { target: document.getElementById('app') as HTMLElement });
