import {
  EnvironmentProviders,
  Renderer2,
  RendererFactory2,
  inject,
  provideEnvironmentInitializer,
} from '@angular/core';

/**
 * Elements that can have the focus or pass it on. Scrolling areas and pages are excluded, because they do not describe
 * what is in them.
 */
const FOCUSABLE =
  'a[href], button, input, select, textarea, summary, label, ' +
  '[tabindex]:not([tabindex="-1"], section, pre, [role="tabpanel"], [role="group"], [role="grid"], [role="treegrid"])';
/** Rows are reached by arrow keys: the list has the focus and names the active row. */
const ROW = '[role="row"]:not(.head)';
/** A title of at least this many characters that also occurs in the element's text adds nothing to it. */
const LEAST_SAID = 4;
/** Marks elements that were made focusable here, so that this can be undone. */
const MARK = 'data-tip-stop';

/**
 * Makes tooltips reachable by keyboard: an element whose title says more than its text becomes a stop of the Tab key,
 * unless it lies within a focusable element. Templates only need to set the title.
 */
export function provideTips(): EnvironmentProviders {
  return provideEnvironmentInitializer(() => {
    const factory = inject(RendererFactory2);
    const create = factory.createRenderer.bind(factory);
    const known = new WeakSet<Renderer2>();
    const titled = new Set<HTMLElement>();
    const take = (element: unknown, name: string): void => {
      if (name !== 'title' || !(element instanceof HTMLElement)) return;
      // The element is inserted, and gets its text, after its title is set.
      if (titled.size === 0) queueMicrotask(flush);
      titled.add(element);
    };
    const flush = (): void => {
      for (const element of titled) keepStop(element);
      titled.clear();
    };
    factory.createRenderer = (host, type) => {
      const renderer = create(host, type);
      if (known.has(renderer)) return renderer;
      known.add(renderer);
      const setProperty = renderer.setProperty.bind(renderer);
      const setAttribute = renderer.setAttribute.bind(renderer);
      renderer.setProperty = (element, name, value) => {
        setProperty(element, name, value);
        take(element, name);
      };
      renderer.setAttribute = (element, name, value, namespace) => {
        setAttribute(element, name, value, namespace);
        take(element, name);
      };
      return renderer;
    };
  });
}

function keepStop(element: HTMLElement): void {
  const isStop = element.hasAttribute(MARK);
  if (isStop) element.removeAttribute('tabindex');
  const needed =
    saysMore(element) &&
    !element.closest(FOCUSABLE) &&
    !element.closest(ROW) &&
    !element.closest('[aria-hidden="true"]') &&
    !element.querySelector(FOCUSABLE);
  element.toggleAttribute(MARK, needed);
  if (needed) element.tabIndex = 0;
}

/** Whether the title of an element says more than its text. */
function saysMore(element: HTMLElement): boolean {
  const title = words(element.title);
  // A single digit occurs in unrelated numbers too.
  const said = title.length >= LEAST_SAID && words(element.textContent).includes(title);
  return title !== '' && !said;
}

/** The texts of a tooltip for an element, one per line: its own title and those of elements within and around it. */
export function tipOf(element: Element): string[] {
  const within = element.matches(`${ROW}, a, button, label, summary, [${MARK}]`)
    ? element.querySelectorAll<HTMLElement>('[title]')
    : [];
  const around = element.closest<HTMLElement>('[title]');
  const told = [...(around ? [around] : []), ...within]
    .filter((each) => saysMore(each) || each.scrollWidth > each.clientWidth + 1)
    .map(({ title }) => title.trim());
  return [...new Set(told)].filter((text) => text !== '');
}

function words(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
