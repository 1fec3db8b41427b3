import {
  EnvironmentProviders,
  Renderer2,
  RendererFactory2,
  inject,
  provideEnvironmentInitializer,
} from '@angular/core';

import { legible } from '../i18n/legible';

/** Attributes and properties that a person reads; others name things and stay as they are. */
const READ = new Set(['title', 'aria-label', 'ariaLabel', 'alt', 'placeholder', 'label']);

/**
 * Whatever a template writes into the page is legible: no text from outside, wherever it is shown, hides a character or turns
 * its neighbours. Values of fields and addresses of links are not touched.
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
