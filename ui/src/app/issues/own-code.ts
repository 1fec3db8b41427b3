import { Frame } from '../core/api/schema';
import { joined } from '../core/i18n/legible';

/** What compilers call code without a name: `{async_fn#0}`, `{closure#1}`, `{{closure}}`. */
const UNNAMED = /\{+(\w+)(?:#\d+)?\}+/g;

/** The name of a function without the marks of a compiler. */
export function plainName(name: string): string {
  return name.replace(UNNAMED, (_, kind: string) => kind.replaceAll('_', ' '));
}

/** Whether a frame is of the application: the SDK that records an error is not, even if it is built into it. */
export function isOwn({ in_app, module, function: name }: Frame): boolean {
  return in_app && !/^sentry/.test(module ?? name);
}

/** "settle (src/payments.rs)" as "payments.rs · settle"; empty if it only names the SDK. */
export function placeOf(culprit: string): string {
  const [, name = culprit, file = ''] = /^(.*) \((\S+)\)$/.exec(culprit) ?? [];
  if (/^sentry/.test(name)) return '';
  return joined(' · ', [file.split(/[\\/]/).at(-1) ?? '', plainName(name)]);
}
