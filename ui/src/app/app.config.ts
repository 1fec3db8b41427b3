import { ApplicationConfig, ErrorHandler, provideZonelessChangeDetection } from '@angular/core';
import { createErrorHandler } from '@sentry/angular';

import { provideLanguages } from './core/i18n/language';
import { provideLegiblePage } from './core/ui/legible-page';
import { provideTips } from './core/ui/tips';
import { provideStart } from './shell/start';

export const appConfig: ApplicationConfig = {
  providers: [
    provideZonelessChangeDetection(),
    // Sentry's own listeners report errors outside of Angular (timers, rejections). Angular's listeners would report
    // the same
    // error a second time, and Sentry recognises a duplicate only if it is an Error.
    { provide: ErrorHandler, useFactory: () => createErrorHandler({ logErrors: true }) },
    provideLanguages(),
    provideLegiblePage(),
    provideTips(),
    provideStart(),
  ],
};
