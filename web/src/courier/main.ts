import '$lib/page.css';
