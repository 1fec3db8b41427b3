// The fonts of both languages are asked for with the page. A browser that learns of them when it lays out the first text
// draws that in another font, and then once more.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PAGE = join(import.meta.dirname, '../dist/browser');
const SCRIPTS = ['latin', 'latin-ext', 'cyrillic'];

const files = readdirSync(join(PAGE, 'media'));
const links = SCRIPTS.map((script) => {
  const name = files.find((file) => file.startsWith(`inter-${script}-wght-normal-`));
  if (!name) throw new Error(`dist/browser/media has no font for ${script}`);
  return `<link rel="preload" as="font" type="font/woff2" crossorigin href="media/${name}"/>`;
});
const file = join(PAGE, 'index.html');
const page = readFileSync(file, 'utf8');
if (!page.includes('</head>')) throw new Error(`${file} has no head`);
writeFileSync(file, page.replace('</head>', `${links.join('\n  ')}\n</head>`));
