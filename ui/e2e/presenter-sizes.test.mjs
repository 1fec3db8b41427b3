/*
 * The presenter on small and large screens, in each language: the page of the start, and at every step the bar below the
 * page, the presenter's view and the questions. Nothing is cut, overlaps or is unreachable. In Chromium, which is fast
 * enough for all combinations.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { needChromium, openChromium } from './chromium.mjs';
import { LANGUAGES } from './languages.mjs';
import { ownPlace, serve, speaking, until } from './real-window.mjs';
import { click, faultsIn, inPage, picture, there } from './sizes.mjs';

const VIEWS = [
  { width: 1024, height: 640 },
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];

async function opened(t) {
  const place = ownPlace(t);
  const address = await serve(place, ['--demo']);
  const page = await openChromium(needChromium(), { address, cookies: [], size: [1280, 800] });
  place.closers.push(() => page.close());
  await until('SPIN', () =>
    page.evaluate(`document.querySelector('[data-test="spin"]')?.disabled === false`),
  );
  const all = [];
  const shown = (name) => until(name, () => page.evaluate(there(name)));
  const look = async (name) => {
    for (const view of VIEWS) {
      const what = `${name} ${view.width}×${view.height}`;
      const faults = await faultsIn(page, view, name);
      all.push(...faults.map((fault) => `${what}: ${fault}`));
      if (faults.length > 0) await picture(page, what.replaceAll(' ', '-'));
    }
  };
  /** Moves the presentation as its keys do, whatever the page shows. */
  const present = (what, body = {}) =>
    page.evaluate(`fetch('/api/v1/presentation/${what}', {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: ${JSON.stringify(JSON.stringify(body))},
    }).then((reply) => reply.json())`);
  const speak = async (language) => {
    await page.resize(1280, 800);
    await page.evaluate(inPage(speaking(language)));
    await until(`the page in ${language}`, () =>
      page.evaluate(`document.documentElement.lang === '${language}'`),
    );
  };
  return { page, all, shown, look, present, speak };
}

/** Waits until the page shows the title of a step of the script in its language. */
async function stepShown(page, name, language, at) {
  const { script } = await page.evaluate(
    `fetch('/api/v1/presentation?language=${language}').then((reply) => reply.json())`,
  );
  const title = JSON.stringify(script.steps[at].title);
  await until(`step ${at + 1} in ${language}`, () =>
    page.evaluate(
      `document.querySelector('[data-test="${name}"]')?.textContent.trim() === ${title}`,
    ),
  );
}

test('the start, the bar and the questions are right in every size', async (t) => {
  const { page, all, shown, look, present, speak } = await opened(t);
  for (const language of LANGUAGES) {
    await speak(language);
    await page.evaluate(inPage(click('present')));
    await shown('presentation-begin');
    await look(`presentation-start-${language}`);
    await page.evaluate(inPage(click('presentation-close')));
  }
  const { steps } = await present('start', { reset_demo: false });
  await shown('presenter-bar');
  for (const language of LANGUAGES) {
    await speak(language);
    for (const [at, { id }] of steps.entries()) {
      await present('go', { step: id, line: 0 });
      await stepShown(page, 'presenter-title', language, at);
      await look(`presenter-bar-${id}-${language}`);
    }
    await page.evaluate(inPage(click('presenter-questions')));
    await shown('question');
    await look(`questions-${language}`);
    await page.evaluate(inPage(click('question')));
    await shown('question-answer');
    await look(`question-answer-${language}`);
    await page.evaluate(inPage(click('questions-close')));
  }
  await present('end');
  await until('the bar to go', () => page.evaluate(`!${there('presenter-bar')}`));
  assert.equal(all.length, 0, `\n${all.join('\n')}`);
});

test('the presenter’s view is right at every step in every size', async (t) => {
  const { page, all, shown, look, present, speak } = await opened(t);
  const { steps } = await present('start', { reset_demo: false });
  // A page of its own, as its window is: that of the machine follows the steps to other pages.
  const load = async (path, name) => {
    await page.evaluate(`window.isBefore = true; location.assign(${JSON.stringify(path)})`);
    await until(`${path} to be loaded`, () =>
      page.evaluate(`window.isBefore !== true && ${there(name)}`),
    );
  };
  for (const language of LANGUAGES) {
    await load('/', 'language');
    await speak(language);
    await load('/presenter', 'presenter-notes');
    for (const [at, { id }] of steps.entries()) {
      await present('go', { step: id, line: 0 });
      await stepShown(page, 'view-title', language, at);
      await look(`presenter-view-${id}-${language}`);
    }
    await page.evaluate(inPage(click('view-questions')));
    await shown('question');
    await look(`view-questions-${language}`);
    await page.evaluate(inPage(click('view-questions-close')));
  }
  await present('end');
  await shown('view-start');
  await look('presenter-view-ended');
  assert.equal(all.length, 0, `\n${all.join('\n')}`);
});
