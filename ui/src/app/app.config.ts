import {
  ApplicationConfig,
  ErrorHandler,
  provideBrowserGlobalErrorListeners,
  provideZonelessChangeDetection,
} from '@angular/core';
import { createErrorHandler } from '@sentry/angular';

import { provideLanguages } from './core/language';

export const appConfig: ApplicationConfig = {
  providers: [
    provideBrowserGlobalErrorListeners(),
    provideZonelessChangeDetection(),
    { provide: ErrorHandler, useFactory: () => createErrorHandler({ logErrors: true }) },
    provideLanguages(),
  ],
};
