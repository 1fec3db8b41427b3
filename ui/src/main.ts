// The first import, because other modules query the language when they are loaded.
import './app/core/i18n/browser-locale';

import { bootstrapApplication } from '@angular/platform-browser';

import { appConfig } from './app/app.config';
import { recall } from './app/core/api/remembered';
import { loadLanguage } from './app/core/i18n/language';
import { startReporting } from './app/core/telemetry/reporting';
import { loadFonts } from './app/core/ui/fonts';
import { keepRootSize } from './app/core/ui/root-size';
import { Shell } from './app/shell/shell';

keepRootSize();
// Started before the page, so that the page load is traced, and no error and no spin is missed.
void Promise.all([loadFonts(), recall().then(() => loadLanguage()), startReporting()]).then(
  () => bootstrapApplication(Shell, appConfig),
  (error: unknown) => {
    // No phrases are loaded, so the text is English.
    document.body.textContent =
      'Reelscope could not be loaded. Reload the page or restart Reelscope.';
    throw error;
  },
);
