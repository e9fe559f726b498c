import { createRoot } from 'react-dom/client';
import './styles.css';
import { App } from './app.tsx';
import { loadCity } from './shared/city.ts';
import { resumeSession } from './shared/session.ts';

void loadCity();
resumeSession();
const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);

// Only a machine without a Chinese font fetches slices of it, so even their list can wait.
void import('./fonts.ts');
