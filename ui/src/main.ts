// First of all: other modules ask for the language when they are loaded.
import './app/core/browser-locale';

import { bootstrapApplication } from '@angular/platform-browser';

import { appConfig } from './app/app.config';
import { loadFonts } from './app/core/fonts';
import { recall } from './app/core/remembered';
import { startReporting } from './app/core/reporting';
import { keepRootSize } from './app/core/root-size';
import { Shell } from './app/shell/shell';

keepRootSize();
// Before the page, so that its load is traced and no error and no spin is missed.
void Promise.all([loadFonts(), recall(), startReporting()]).then(() =>
  bootstrapApplication(Shell, appConfig),
);
