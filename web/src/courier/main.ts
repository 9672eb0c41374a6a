import '$lib/page.css';
import './courier.css';
import { mount } from 'svelte';
import { theme } from '$lib/theme.svelte';
import CourierPage from './CourierPage.svelte';
import { offline } from './offline/registration.svelte';

// White in the sun, whatever the phone is set to; who wants it dark says so on this page.
if (localStorage.getItem('buuta.theme') === null) theme.current = 'light';
theme.apply();
mount(CourierPage, { target: document.getElementById('app') as HTMLElement });
if (import.meta.env.PROD) void offline.register();
