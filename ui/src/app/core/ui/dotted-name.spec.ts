import { TestBed } from '@angular/core/testing';

import { DottedName } from './dotted-name';
import { partsOf } from './dotted-name-parts';

describe('a dotted name', () => {
  it('is split after its separators and nowhere else', () => {
    expect(partsOf('http.response.status_code')).toEqual(['http.', 'response.', 'status_', 'code']);
    expect(partsOf('auto.http.browser')).toEqual(['auto.', 'http.', 'browser']);
    for (const whole of ['', 'name', 'два слова', '...', '🎰', '-5', '0.5', '127.0.0.1:4200']) {
      expect(partsOf(whole)).toEqual([whole]);
    }
    const long = 'a.'.repeat(500);
    expect(partsOf(long)).toEqual([long]);
  });

  it('is read and copied as it is', () => {
    const shown = TestBed.createComponent(DottedName);
    for (const name of ['http.response.body.size', '.leading', 'a..b', 'a b.c d']) {
      shown.componentRef.setInput('text', name);
      shown.detectChanges();
      expect((shown.nativeElement as HTMLElement).textContent).toBe(name);
    }
  });
});
