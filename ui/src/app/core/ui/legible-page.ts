import {
  EnvironmentProviders,
  Renderer2,
  RendererFactory2,
  inject,
  provideEnvironmentInitializer,
} from '@angular/core';

import { legible } from '../i18n/legible';

/** Attributes and properties that a person reads; the others stay unchanged. */
const READ = new Set([
  'title',
  'data-tip',
  'aria-label',
  'ariaLabel',
  'alt',
  'placeholder',
  'label',
]);

/**
 * Makes every text legible that a template writes into the page, so that no text from outside can hide a character or
 * turn its neighbours around. Values of fields and addresses of links stay unchanged.
 */
export function provideLegiblePage(): EnvironmentProviders {
  return provideEnvironmentInitializer(() => {
    const factory = inject(RendererFactory2);
    const create = factory.createRenderer.bind(factory);
    const known = new WeakSet<Renderer2>();
    factory.createRenderer = (host, type) => {
      const renderer = create(host, type);
      if (!known.has(renderer)) known.add(writingLegibly(renderer));
      return renderer;
    };
  });
}

function writingLegibly(renderer: Renderer2): Renderer2 {
  const createText = renderer.createText.bind(renderer);
  const setValue = renderer.setValue.bind(renderer);
  const setAttribute = renderer.setAttribute.bind(renderer);
  const setProperty = renderer.setProperty.bind(renderer);
  renderer.createText = (value) => createText(legible(value)) as unknown;
  renderer.setValue = (node, value) => setValue(node, legible(value));
  renderer.setAttribute = (element, name, value, namespace) =>
    setAttribute(element, name, READ.has(name) ? legible(value) : value, namespace);
  renderer.setProperty = (element, name, value: unknown) =>
    setProperty(
      element,
      name,
      READ.has(name) && typeof value === 'string' ? legible(value) : value,
    );
  return renderer;
}
