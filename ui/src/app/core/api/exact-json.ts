/**
 * A number that a double cannot represent, as it is written; mostly a 64-bit id. It is text when
 * displayed, and a number again in JSON.
 */
export class ExactNumber {
  constructor(private readonly digits: string) {}

  toString(): string {
    return this.digits;
  }
}

/**
 * Members that contain values of senders. Elsewhere the protocol defines the numbers, and a double
 * can represent them.
 */
const FREE = new Set(['data', 'attributes', 'header', 'json']);
/**
 * Whether a number may have more digits than a double. A similar string only causes a second pass.
 */
const MAY_BE_INEXACT = /\d{17}|9\d{15}|\d\.\d{14}|\d[eE]/;
/** A random mark, so that no text from outside can contain it. */
const MARK = `${crypto.randomUUID()}:`;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Parses JSON without loss: numbers in values of senders that a double would change become
 * `ExactNumber`.
 */
export function readJson(text: string): unknown {
  if (!MAY_BE_INEXACT.test(text)) return JSON.parse(text);
  const marked = withMarks(text, MARK);
  return marked === text ? JSON.parse(text) : unmarked(JSON.parse(marked), MARK, false);
}

/** Works as `JSON.stringify`, and writes exact numbers as they came. */
export function writeJson(value: unknown, indent?: number): string {
  let found = false;
  const text = JSON.stringify(
    value,
    (_, each: unknown) => {
      if (!(each instanceof ExactNumber)) return each;
      found = true;
      return MARK + each.toString();
    },
    indent,
  );
  return found ? text.replace(new RegExp(`"${MARK}([^"]*)"`, 'g'), '$1') : text;
}

/** Puts each number that a double would change into quotes with the mark. */
function withMarks(text: string, mark: string): string {
  const parts: string[] = [];
  let copied = 0;
  let at = 0;
  while (at < text.length) {
    const letter = text.charCodeAt(at);
    if (letter === 0x22) at = endOfString(text, at);
    else if (letter === 0x2d || (letter >= 0x30 && letter <= 0x39)) {
      NUMBER.lastIndex = at;
      const [number] = NUMBER.exec(text) ?? [];
      if (number === undefined) break;
      if (!isExact(number)) {
        parts.push(text.slice(copied, at), `"${mark}${number}"`);
        copied = at + number.length;
      }
      at += number.length;
    } else at += 1;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(copied);
}

function endOfString(text: string, begin: number): number {
  for (let at = begin + 1; ; at += 1) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
}

/** Whether JavaScript writes the number as it read it. */
function isExact(number: string): boolean {
  const read = Number(number);
  return Number.isFinite(read) && canonical(number) === canonical(String(read));
}

/** The digits without leading and trailing zeros, and the power of ten of the last one. */
function canonical(number: string): string {
  const [mantissa = '', exponent = '0'] = number.toLowerCase().split('e');
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', part = ''] = mantissa.replace('-', '').split('.');
  const digits = (whole + part).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - part.length + digits.length - significant.length}`;
}

function unmarked(value: unknown, mark: string, free: boolean): unknown {
  if (typeof value === 'string') {
    if (!value.startsWith(mark)) return value;
    const digits = value.slice(mark.length);
    return free ? new ExactNumber(digits) : Number(digits);
  }
  if (Array.isArray(value)) return value.map((each) => unmarked(each, mark, free));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      name,
      unmarked(each, mark, free || FREE.has(name)),
    ]),
  );
}
