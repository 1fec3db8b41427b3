import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { provideLegiblePage } from './legible-page';

@Component({
  selector: 'rs-foreign',
  template: `<p [title]="text()" [attr.aria-label]="text()">by {{ text() }}</p>
    <input [value]="text()" />`,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
class Foreign {
  readonly text = input.required<string>();
}

describe('what a template writes', () => {
  it('hides nothing of a text from outside; what a field holds is not touched', async () => {
    TestBed.configureTestingModule({ providers: [provideLegiblePage()] });
    const fixture = TestBed.createComponent(Foreign);
    const page = fixture.nativeElement as HTMLElement;
    for (const letter of ['\u202e', '\u0000', '\u2066']) {
      fixture.componentRef.setInput('text', `a${letter}b`);
      await fixture.whenStable();
      const [text, field] = [page.querySelector('p'), page.querySelector('input')];
      for (const read of [text?.textContent, text?.title, text?.getAttribute('aria-label')]) {
        expect(read).not.toContain(letter);
        expect(read).toMatch(/a[␀⟨].*b/);
      }
      expect(field?.value).toBe(`a${letter}b`);
    }
  });
});
