import { ApplicationConfig, ErrorHandler, provideZonelessChangeDetection } from '@angular/core';
import { createErrorHandler } from '@sentry/angular';

import { provideLanguages } from './core/i18n/language';
import { provideLegiblePage } from './core/ui/legible-page';
import { provideTips } from './core/ui/tips';
import { provideStart } from './shell/start';

export const appConfig: ApplicationConfig = {
  providers: [
    provideZonelessChangeDetection(),
    // What no handler of Angular sees (timers, rejections) Sentry's own listeners catch. Angular's would pass the same
    // failure on a second time, and only of an Error can Sentry tell that it is the same.
    { provide: ErrorHandler, useFactory: () => createErrorHandler({ logErrors: true }) },
    provideLanguages(),
    provideLegiblePage(),
    provideTips(),
    provideStart(),
  ],
};
