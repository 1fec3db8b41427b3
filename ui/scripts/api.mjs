// Writes the page's types of the API from openapi.json, which a test of services/stack compares with the running
// program. With
// --check it writes nothing, and fails if the types are not up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';
import prettier from 'prettier';
import ts from 'typescript';

const DOCUMENT = 'openapi.json';
const TYPES = 'src/app/core/api/schema.ts';
const HEAD = `// Generated from ${DOCUMENT} by \`npm run api\`: change the service's types instead.
import type { Micros } from './micros';

`;

/** Times in microseconds are recognised by their names, as in the services. */
function micros(schema, { path }) {
  const isMicros = /_us$/.test(path ?? '') && schema.type === 'integer';
  return isMicros ? ts.factory.createTypeReferenceNode('Micros') : undefined;
}

async function generated() {
  const document = JSON.parse(readFileSync(DOCUMENT, 'utf8'));
  const types = await openapiTS(document, {
    immutable: true,
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
    defaultNonNullable: false,
    transform: micros,
  });
  const options = await prettier.resolveConfig(TYPES);
  return prettier.format(HEAD + astToString(types), { ...options, filepath: TYPES });
}

const types = await generated();
if (!process.argv.includes('--check')) {
  writeFileSync(TYPES, types);
} else if (readFileSync(TYPES, 'utf8').replaceAll('\r\n', '\n') !== types) {
  console.error(`${TYPES} is not what ${DOCUMENT} says: run \`npm run api\``);
  process.exit(1);
}
