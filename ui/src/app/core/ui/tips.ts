import {
  EnvironmentProviders,
  Renderer2,
  RendererFactory2,
  inject,
  provideEnvironmentInitializer,
} from '@angular/core';

/**
 * What has the focus by itself, or hands it on. Places that only scroll, and pages that are gone to, have it too, and say
 * nothing of what is in them.
 */
const FOCUSABLE =
  'a[href], button, input, select, textarea, summary, label, ' +
  '[tabindex]:not([tabindex="-1"], section, pre, [role="tabpanel"], [role="group"], [role="grid"], [role="treegrid"])';
/** Rows are walked through by arrows: the list has the focus, and tells which row it is at. */
const ROW = '[role="row"]:not(.head)';
/** From so many characters on a title that is found in a text is what the text says. */
const LEAST_SAID = 4;
/** Marks stops that are made here, so that they can be taken away again. */
const MARK = 'data-tip-stop';

/**
 * Every text that shows where the pointer rests can be come to by keyboard too: an element with a title that says more
 * than what is written in it becomes a stop of the Tab key, unless it lies in one. Whoever writes a title need not think of it.
 */
export function provideTips(): EnvironmentProviders {
  return provideEnvironmentInitializer(() => {
    const factory = inject(RendererFactory2);
    const create = factory.createRenderer.bind(factory);
    const known = new WeakSet<Renderer2>();
    const titled = new Set<HTMLElement>();
    const take = (element: unknown, name: string): void => {
      if (name !== 'title' || !(element instanceof HTMLElement)) return;
      // An element is put into the page, and its text into it, after its title is set.
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

/** Whether the title of an element is not what is written in it anyway. */
function saysMore(element: HTMLElement): boolean {
  const title = words(element.title);
  // A digit is in many a figure that says something else.
  const said = title.length >= LEAST_SAID && words(element.textContent).includes(title);
  return title !== '' && !said;
}

/** What can be read of an element beyond what is seen of it, a line each: its own title, and those within and around. */
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
