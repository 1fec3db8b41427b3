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
/** Holds the text of a tooltip in place of `title`, because the browser's own tooltip does not scale with the page. */
const TIP = 'data-tip';

/**
 * Turns the title that a template sets into a tooltip of this page, and makes it reachable by keyboard: an element whose
 * title says more than its text becomes a stop of the Tab key, unless it lies within a focusable element.
 */
export function provideTips(): EnvironmentProviders {
  return provideEnvironmentInitializer(() => {
    const factory = inject(RendererFactory2);
    const create = factory.createRenderer.bind(factory);
    const known = new WeakSet<Renderer2>();
    const titled = new Set<HTMLElement>();
    /** The name of the attribute to write in place of `name`. */
    const take = (element: unknown, name: string): string => {
      if (name !== 'title' || !(element instanceof HTMLElement)) return name;
      // The element is inserted, and gets its text, after its title is set.
      if (titled.size === 0) queueMicrotask(flush);
      titled.add(element);
      return TIP;
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
      const removeAttribute = renderer.removeAttribute.bind(renderer);
      renderer.setProperty = (element, name, value) => {
        if (take(element, name) === TIP) setAttribute(element, TIP, String(value ?? ''));
        else setProperty(element, name, value);
      };
      renderer.setAttribute = (element, name, value, namespace) =>
        setAttribute(element, take(element, name), value, namespace);
      renderer.removeAttribute = (element, name, namespace) =>
        removeAttribute(element, take(element, name), namespace);
      return renderer;
    };
  });
}

function keepStop(element: HTMLElement): void {
  const isStop = element.hasAttribute(MARK);
  if (isStop) element.removeAttribute('tabindex');
  const more = saysMore(element);
  if (more) element.setAttribute('aria-description', textOf(element));
  else element.removeAttribute('aria-description');
  const needed =
    more &&
    !element.closest(FOCUSABLE) &&
    !element.closest(ROW) &&
    !element.closest('[aria-hidden="true"]') &&
    !element.querySelector(FOCUSABLE);
  element.toggleAttribute(MARK, needed);
  if (needed) element.tabIndex = 0;
}

function textOf(element: Element): string {
  return words(element.getAttribute(TIP) ?? '');
}

/** Whether the tooltip of an element says more than its text. */
function saysMore(element: Element): boolean {
  const tip = textOf(element);
  // A single digit occurs in unrelated numbers too.
  const said = tip.length >= LEAST_SAID && words(element.textContent).includes(tip);
  return tip !== '' && !said;
}

/** The element whose tooltip belongs to `element`: itself or one around it. */
export function tipped(element: Element): HTMLElement | null {
  return element.closest<HTMLElement>(`[${TIP}]`);
}

/** The texts of a tooltip for elements, one per line. A text that is shown completely anyway is left out. */
export function linesOf(elements: readonly HTMLElement[]): string[] {
  const told = elements
    .filter((each) => saysMore(each) || each.scrollWidth > each.clientWidth + 1)
    .map((each) => each.getAttribute(TIP)?.trim() ?? '');
  return [...new Set(told)].filter((text) => text !== '');
}

/** The texts of a tooltip for an element that has the focus: its own, and those of elements within and around it. */
export function tipOf(element: Element): string[] {
  const within = element.matches(`${ROW}, a, button, label, summary, [${MARK}]`)
    ? element.querySelectorAll<HTMLElement>(`[${TIP}]`)
    : [];
  const around = tipped(element);
  return linesOf([...(around ? [around] : []), ...within]);
}

function words(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
