import './styles/tokens.css';
import './styles/base.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { applyTheme } from './session/theme.svelte.ts';

applyTheme();
mount(App, { target: document.body });
