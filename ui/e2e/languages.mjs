/* The languages of the page, and their phrases, as they are written in its sources. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';

const FOLDER = join(import.meta.dirname, '../src/app/core/i18n/languages');

/** The codes of all languages. English is the last, so that tests that speak each one go on in it. */
export const LANGUAGES = [...readdirSync(FOLDER).filter((code) => code !== 'en'), 'en'];

/** A locale of the system in which the program speaks a language: `ru_RU.UTF-8`. */
export function systemLocale(language) {
  const { region } = new Intl.Locale(language).maximize();
  return `${language}_${region}.UTF-8`;
}

/** What the window says in a language before its page is there. */
export function shellPhrases(language) {
  return JSON.parse(readFileSync(join(FOLDER, language, 'shell.json'), 'utf8'));
}

/** Every phrase of the page in a language by its key; of one with a count each form. */
export function phrases(language) {
  const found = new Map();
  const walk = (node, path) => {
    if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node))
      return walk(node.expression, path);
    if (ts.isObjectLiteralExpression(node)) {
      for (const member of node.properties)
        if (ts.isPropertyAssignment(member))
          walk(member.initializer, [...path, member.name.text ?? member.name.getText()]);
    } else if (ts.isStringLiteralLike(node)) {
      found.set(path.join('.'), node.text);
    }
  };
  for (const name of readdirSync(join(FOLDER, language))) {
    if (!name.endsWith('.ts') || name === 'units.ts') continue;
    const text = readFileSync(join(FOLDER, language, name), 'utf8');
    const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
    for (const statement of file.statements.filter(ts.isVariableStatement))
      for (const { name, initializer } of statement.declarationList.declarations)
        walk(initializer, ['firstScreen', 'pages'].includes(name.text) ? [] : [name.text]);
  }
  return found;
}
