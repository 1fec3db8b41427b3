'use strict';

/* Limits the size of a rem as the stack's page does (ui/src/app/core/ui/root-size.ts), so that enlarged text fits. */
function fit() {
  const root = document.documentElement;
  root.style.removeProperty('font-size');
  const asked = parseFloat(getComputedStyle(root).fontSize);
  const size = Math.max(14, Math.min(asked, innerWidth / 64, innerHeight / 40));
  if (size < asked) root.style.setProperty('font-size', `${size}px`);
}
addEventListener('resize', fit);
fit();

/*
 * Shows a message below the mark; the shell calls it. Everything is inserted as text, so that a path or an error
 * is never parsed as markup.
 *
 * message: { lang, kind: 'waiting' | 'failure', title, sentences?, adviceTitle?, advice?, facts?, onward? }
 */
function say(message) {
  document.documentElement.lang = message.lang;
  const section = document.getElementById('message');
  if (message.kind === 'waiting') {
    section.replaceChildren(element('p', message.title, 'waiting'));
    return;
  }
  const card = element('div', '', `card ${message.kind}`);
  card.dataset.test = message.kind;
  card.append(element('h1', message.title));
  for (const sentence of message.sentences ?? []) card.append(element('p', sentence, 'sentence'));
  if (message.advice?.length) {
    const list = element('ul');
    list.append(...message.advice.map((line) => element('li', line)));
    card.append(element('h2', message.adviceTitle), list);
  }
  if (message.facts?.length) {
    const facts = element('dl');
    for (const { name, value } of message.facts) facts.append(element('dt', name), element('dd', value));
    card.append(facts);
  }
  if (message.onward) {
    const link = element('a', message.onward.label, 'onward');
    link.href = message.onward.url;
    card.append(link);
  }
  section.replaceChildren(card);
  card.querySelector('.onward')?.focus();
}

function element(tag, text = '', className = '') {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
}
