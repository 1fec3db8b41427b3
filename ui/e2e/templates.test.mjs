/* Every template of the page as the compiler parses it: no deferred block may leave the page blank. Needs no window. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { TmplAstDeferredBlock, parseTemplate } from '@angular/compiler';
import ts from 'typescript';

const APP = fileURLToPath(new URL('../src/app', import.meta.url));

const files = readdirSync(APP, { recursive: true });
const read = (name) => readFileSync(join(APP, name), 'utf8');

/** Templates in files and in components, by their place. */
function templates() {
  const found = files.filter((name) => name.endsWith('.html')).map((name) => [name, read(name)]);
  for (const name of files.filter((each) => each.endsWith('.ts'))) {
    const walk = (node) => {
      if (
        ts.isPropertyAssignment(node) &&
        node.name.getText() === 'template' &&
        ts.isStringLiteralLike(node.initializer)
      )
        found.push([name, node.initializer.text]);
      ts.forEachChild(node, walk);
    };
    walk(ts.createSourceFile(name, read(name), ts.ScriptTarget.Latest, true));
  }
  return found;
}

/** The deferred blocks in nodes and all their descendants. */
function deferred(node, seen = new Set()) {
  if (typeof node !== 'object' || node === null || seen.has(node)) return [];
  seen.add(node);
  const here = node instanceof TmplAstDeferredBlock ? [node] : [];
  const within = Array.isArray(node) ? node : Object.values(node);
  return [...here, ...within.flatMap((each) => deferred(each, seen))];
}

test('every part that is loaded later says that it is being loaded, and that it could not be', () => {
  let blocks = 0;
  for (const [name, text] of templates()) {
    const { nodes, errors } = parseTemplate(text, name);
    assert.equal(errors, null, name);
    for (const block of deferred(nodes)) {
      blocks += 1;
      const shown = block.placeholder ?? block.loading;
      assert.ok(shown?.children.length > 0, `${name}: something stands there while it is loaded`);
      const failed = block.error?.children.map((each) => each.name);
      assert.ok(failed?.includes('rs-part-failed'), `${name}: an error that can be retried`);
    }
  }
  assert.ok(blocks > 5, 'the blocks are found');
});
