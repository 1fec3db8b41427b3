/*
 * Finds faults of the layout in the page itself: texts that are cut, overlap each other or a control, cannot be reached
 * by scrolling or by keyboard, or have too little contrast.
 */

/** The minimum contrasts of WCAG 2.2, level AA (1.4.3). Large text has at least 24 px, or 18.66 px in bold. */
const ENOUGH_CONTRAST = { usual: 4.5, large: 3 };

/**
 * An expression that returns the faults of the open page, one per line. `sideways` allows the page to scroll
 * horizontally.
 */
export function layoutFaults({ sideways = false, contrasts = true } = {}) {
  return `(${find})(${JSON.stringify({ sideways, contrasts, ENOUGH_CONTRAST })})`;
}

/** Runs in the page, so it cannot use the rest of this file. */
function find({ sideways, contrasts, ENOUGH_CONTRAST }) {
  const faults = new Set();
  const root = document.documentElement;
  const words = (text) => text.replace(/\s+/g, ' ').trim();
  const named = (element) =>
    element.dataset?.test ?? `${element.localName}.${[...element.classList].join('.')}`;
  const where = (element) => {
    const near = element.closest('[data-test]');
    return near && near !== element ? `${near.dataset.test} ${named(element)}` : named(element);
  };
  const seen = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    !element.closest('.visually-hidden, svg, dialog:not([open])');
  const styles = new Map();
  const styleOf = (element) => {
    if (!styles.has(element)) styles.set(element, getComputedStyle(element));
    return styles.get(element);
  };
  const PLACED = new Set(['absolute', 'fixed']);

  /**
   * The clipping ancestors of an element with their boxes, innermost first; scrolling ones extend the reachable area.
   */
  const clipsOf = (element) => {
    const clips = [];
    let placed = PLACED.has(styleOf(element).position) ? styleOf(element).position : null;
    for (let each = element.parentElement; each && each !== root; each = each.parentElement) {
      const style = styleOf(each);
      if (placed === 'fixed') break;
      const isHolder = style.position !== 'static' || style.transform !== 'none';
      if (placed && !isHolder) continue;
      placed = PLACED.has(style.position) ? style.position : null;
      const [x, y] = [style.overflowX, style.overflowY];
      if ((x === 'visible' && y === 'visible') || each === document.body) continue;
      const outer = each.getBoundingClientRect();
      const [left, top] = [outer.left + each.clientLeft, outer.top + each.clientTop];
      clips.push({
        each,
        x,
        y,
        left,
        top,
        right: left + each.clientWidth,
        bottom: top + each.clientHeight,
      });
    }
    return clips;
  };
  const self = (element) => {
    const style = styleOf(element);
    if (style.overflowX === 'visible' && style.overflowY === 'visible') return [];
    if (style.display === 'inline') return [];
    const outer = element.getBoundingClientRect();
    const [left, top] = [outer.left + element.clientLeft, outer.top + element.clientTop];
    return [
      {
        each: element,
        x: style.overflowX,
        y: style.overflowY,
        left,
        top,
        right: left + element.clientWidth,
        bottom: top + element.clientHeight,
      },
    ];
  };
  const scrolls = (how) => how === 'auto' || how === 'scroll';
  /** The visible part of a box, and the clip that makes the rest unreachable. */
  const cutBy = (box, clips) => {
    let shown = { left: box.left, right: box.right, top: box.top, bottom: box.bottom };
    let cut = null;
    const reach = { x: false, y: false };
    for (const clip of clips) {
      const high = shown.bottom - shown.top;
      // The line height may be slightly smaller than the letters.
      const slack = Math.max(2, high * 0.2);
      if (clip.x !== 'visible') {
        if (scrolls(clip.x)) reach.x = true;
        else if (!reach.x && (shown.right > clip.right + 1.5 || shown.left < clip.left - 1.5))
          cut ??= clip;
        shown = {
          ...shown,
          left: Math.max(shown.left, clip.left),
          right: Math.min(shown.right, clip.right),
        };
      }
      if (clip.y !== 'visible') {
        if (scrolls(clip.y)) reach.y = true;
        else if (!reach.y && (shown.bottom > clip.bottom + slack || shown.top < clip.top - slack))
          cut ??= clip;
        shown = {
          ...shown,
          top: Math.max(shown.top, clip.top),
          bottom: Math.min(shown.bottom, clip.bottom),
        };
      }
    }
    return { shown, cut, reach };
  };
  const [farRight, farDown] = [root.scrollWidth, root.scrollHeight];
  const outOf = (box, reach) => {
    const [x, y] = [scrollX, scrollY];
    return (
      (!reach.x && (box.left + x < -1.5 || box.right + x > farRight + 1.5)) ||
      (!reach.y && (box.top + y < -2 || box.bottom + y > farDown + 2))
    );
  };
  const told = (element) => {
    let all = '';
    for (let each = element; each; each = each.parentElement) all += ` ${each.dataset?.tip ?? ''}`;
    return words(all);
  };

  if (!sideways && farRight > innerWidth + 1) {
    let wide = root;
    for (const each of document.querySelectorAll('body *'))
      if (seen(each) && each.getBoundingClientRect().right > innerWidth + 1) wide = each;
    faults.add(`the page scrolls sideways: ${farRight} of ${innerWidth}, ${where(wide)}`);
  }

  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = words(node.data);
    if (text === '' || !seen(element) || element.closest('option, datalist, script, style'))
      continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const clips = [...self(element), ...clipsOf(element)];
    for (const box of range.getClientRects()) {
      if (box.width < 1 || box.height < 1) continue;
      const { shown, cut, reach } = cutBy(box, clips);
      if (cut) {
        // A name from outside may be cut if the whole name can be read elsewhere.
        const whole = words(cut.each.textContent);
        const short = styleOf(cut.each).textOverflow === 'ellipsis';
        const least = Math.min(box.width, parseFloat(styleOf(element).fontSize) * 3);
        const some = shown.right - shown.left > least - 1;
        const bounded =
          short && some && (told(element).includes(text) || told(element).includes(whole));
        if (!bounded && !element.closest('.mover'))
          faults.add(`cut: “${text.slice(0, 60)}” in ${where(cut.each)}`);
      }
      if (outOf(cut || reach.x || reach.y ? shown : box, reach))
        faults.add(`out of reach: “${text.slice(0, 60)}” in ${where(element)}`);
      if (shown.right - shown.left > 1 && shown.bottom - shown.top > 1) {
        texts.push({ element, text, box: shown, above: above(element) });
        const frame = frameOf(element);
        if (frame && (shown.right > frame.right + 1.5 || shown.left < frame.left - 1.5))
          faults.add(`sticks out: “${text.slice(0, 60)}” of ${where(frame.each)}`);
      }
    }
    const contrast = contrastOf(element);
    if (contrast) faults.add(`contrast ${contrast}: “${text.slice(0, 40)}” in ${where(element)}`);
  }

  const CONTROLS = 'button, input, select, textarea, summary, a[href], [role="slider"]';
  const controls = [];
  for (const element of document.querySelectorAll(CONTROLS)) {
    if (!seen(element)) continue;
    const clips = clipsOf(element);
    for (const box of element.getClientRects()) {
      if (box.width < 1 || box.height < 1) continue;
      const { shown, cut, reach } = cutBy(box, clips);
      if (cut && element.localName !== 'a')
        faults.add(`cut: the control ${where(element)} in ${where(cut.each)}`);
      if (outOf(cut || reach.x || reach.y ? shown : box, reach))
        faults.add(`out of reach: the control ${where(element)}`);
      if (shown.right - shown.left > 1 && shown.bottom - shown.top > 1)
        controls.push({ element, box: shown, above: above(element) });
    }
    if ('placeholder' in element && element.placeholder && element.value === '') {
      const contrast = contrastOf(element, '::placeholder');
      if (contrast) faults.add(`contrast ${contrast}: the placeholder of ${where(element)}`);
      const room =
        element.clientWidth -
        parseFloat(styleOf(element).paddingLeft) -
        parseFloat(styleOf(element).paddingRight);
      if (widthOf(element.placeholder, element) > room + 1.5)
        faults.add(`cut: the placeholder “${element.placeholder}” of ${where(element)}`);
    }
    if (element.localName === 'select') {
      const style = styleOf(element);
      const room =
        element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      const chosen = words(element.selectedOptions[0]?.textContent ?? '');
      if (widthOf(chosen, element) > room + 1.5 && !told(element).includes(chosen))
        faults.add(`cut: the choice “${chosen}” of ${where(element)}`);
    }
  }

  for (const element of document.querySelectorAll('[data-tip]')) {
    const title = words(element.dataset.tip);
    if (!seen(element) || title === '') continue;
    // The same rule as in core/ui/tips.ts.
    if (title.length >= 4 && words(element.textContent).includes(title)) continue;
    if (element.closest('[aria-hidden="true"], [role="row"]:not(.head)')) continue;
    const PLACES =
      '[tabindex="-1"], section, pre, [role="tabpanel"], [role="group"], [role="grid"], [role="treegrid"]';
    const reached = element.closest(`${CONTROLS}, label, [tabindex]:not(${PLACES})`);
    if (!reached && !element.querySelector(CONTROLS))
      faults.add(`no key reaches “${title.slice(0, 60)}” of ${where(element)}`);
  }

  // Letters are lower than their line.
  const core = ({ left, right, top, bottom }) => {
    const less = (bottom - top) * 0.22;
    return { left, right, top: top + less, bottom: bottom - less };
  };
  const meet = (one, other) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > 2 &&
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 2;
  texts.forEach((one, index) => {
    const box = core(one.box);
    for (const other of texts.slice(index + 1)) {
      if (one.above !== other.above || !meet(box, core(other.box))) continue;
      if (one.element === other.element && one.text === other.text) continue;
      faults.add(
        `across each other: “${one.text.slice(0, 40)}” (${where(one.element)}) and “${other.text.slice(0, 40)}” (${where(other.element)})`,
      );
    }
    if (styleOf(one.element).pointerEvents === 'none') return;
    for (const other of controls) {
      if (one.above !== other.above || !meet(box, other.box)) continue;
      if (other.element.contains(one.element) || one.element.contains(other.element)) continue;
      if (one.element.closest('label')?.control === other.element) continue;
      faults.add(
        `across a control: “${one.text.slice(0, 40)}” (${where(one.element)}) and ${where(other.element)}`,
      );
    }
  });
  controls.forEach((one, index) => {
    for (const other of controls.slice(index + 1)) {
      if (one.above !== other.above || !meet(one.box, other.box)) continue;
      if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
      faults.add(
        `across each other: the controls ${where(one.element)} and ${where(other.element)}`,
      );
    }
  });
  return [...faults];

  /** Elements above the page have a stacking order of their own and may cover the rest. */
  function above(element) {
    for (let each = element; each; each = each.parentElement) {
      const style = styleOf(each);
      if (each.matches('dialog, [role="dialog"], [role="tooltip"]')) return each;
      if (style.position === 'sticky' || style.position === 'fixed') return each;
    }
    return null;
  }

  /** The visible box of an element. */
  function frameOf(element) {
    for (let each = element; each && each !== document.body; each = each.parentElement) {
      const style = styleOf(each);
      if (style.display === 'inline' || style.display === 'contents') continue;
      // A positioned element has a place of its own.
      if (each !== element && styleOf(element).position === 'absolute') return null;
      if (parseFloat(style.borderLeftWidth) === 0 || parseFloat(style.borderRightWidth) === 0)
        continue;
      const { left, right } = each.getBoundingClientRect();
      return { each, left, right };
    }
    return null;
  }

  function widthOf(text, element) {
    const canvas = (find.canvas ??= document.createElement('canvas').getContext('2d'));
    canvas.font = styleOf(element).font;
    return canvas.measureText(text).width;
  }

  /** The contrast of an element's text, if it is too low. */
  function contrastOf(element, pseudo) {
    if (!contrasts || element.closest(':disabled, [aria-disabled="true"]')) return null;
    const style = pseudo ? getComputedStyle(element, pseudo) : styleOf(element);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const least = large ? ENOUGH_CONTRAST.large : ENOUGH_CONTRAST.usual;
    let opacity = 1;
    for (let each = element; each; each = each.parentElement)
      opacity *= Number(styleOf(each).opacity);
    let worst = 21;
    for (const ground of groundsOf(element)) {
      const [red, green, blue, alpha] = colour(style.color);
      const front = over([red, green, blue, alpha * opacity], ground);
      const [light, dark] = [luminance(front), luminance(ground)].sort((one, other) => other - one);
      worst = Math.min(worst, (light + 0.05) / (dark + 0.05));
    }
    return worst < least - 0.005 ? worst.toFixed(2) : null;
  }

  /** The possible colours behind an element: one, or the ends of gradients. */
  function groundsOf(element) {
    const behind = below(element);
    if (behind === null) return [];
    const layers = [];
    for (const each of behind) {
      const style = styleOf(each);
      const image = style.backgroundImage;
      const stops = image.includes('gradient')
        ? (image.match(/rgba?\([^)]*\)|color\([^)]*\)/g) ?? []).map(colour)
        : [];
      const plain = colour(style.backgroundColor);
      if (stops.length > 0) layers.push({ stops, plain });
      else if (plain[3] > 0) layers.push({ stops: [plain], plain: null });
      if (plain[3] === 1 || (stops.length > 0 && stops.every((stop) => stop[3] === 1))) break;
    }
    let grounds = [[10, 12, 17]];
    for (const { stops, plain } of layers.reverse()) {
      const below = plain ? grounds.map((ground) => over(plain, ground)) : grounds;
      grounds = below.flatMap((ground) => stops.map((stop) => over(stop, ground)));
      if (grounds.length > 16) grounds = grounds.slice(0, 16);
    }
    return grounds;
  }
  /**
   * An element and those behind it, the nearest first. A positioned element may cover elements that are not its
   * ancestors.
   */
  function below(element) {
    const ancestors = [];
    for (let each = element; each; each = each.parentElement) ancestors.push(each);
    if (styleOf(element).position !== 'absolute') return ancestors;
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const there = document.elementsFromPoint((left + right) / 2, (top + bottom) / 2);
    // An element outside of the window has no known background.
    if (!there.includes(element.parentElement)) return null;
    return [element, ...there.filter((each) => !element.contains(each))];
  }
  function colour(text) {
    const parts = (text.match(/[\d.]+(e-?\d+)?%?/g) ?? []).map(parseFloat);
    if (text.startsWith('color(')) {
      const [red, green, blue, alpha = 1] = parts;
      return [red * 255, green * 255, blue * 255, alpha];
    }
    const [red = 0, green = 0, blue = 0, alpha = 1] = parts;
    return [red, green, blue, alpha];
  }
  function over([red, green, blue, alpha], ground) {
    return [red, green, blue].map((part, index) => part * alpha + ground[index] * (1 - alpha));
  }
  function luminance(parts) {
    const [red, green, blue] = parts.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }
}
