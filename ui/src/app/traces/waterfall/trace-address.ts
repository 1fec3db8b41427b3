import { micros } from '../../core/api/micros';
import { Folding } from './rows';
import { View } from './time-scale';

/** The state of the page of a trace that a link to it contains. */
export interface Reading {
  /** Key of the selected row; empty if none was selected. */
  readonly span: string;
  /** Null for the whole trace. */
  readonly view: View | null;
  readonly folding: Folding;
  readonly gaps: boolean;
  readonly critical: boolean;
}

/** Limit of the number of closed rows in an address, whose length is limited. */
const MOST_KEYS = 100;
const CODES: Readonly<Record<string, string>> = { '%': '%25', ',': '%2C', '*': '%2A' };

export function readingOf(query: URLSearchParams): Reading {
  const closed = query.get('closed') ?? '';
  const opened = query.get('groups') ?? '';
  const [all, groups] = [closed.startsWith('*'), opened.startsWith('*')];
  return {
    span: query.get('span') ?? '',
    view: viewOf(query.get('zoom')),
    folding: {
      all,
      except: new Set(keysOf(all ? closed.slice(1) : closed)),
      groups,
      opened: new Set(keysOf(groups ? opened.slice(1) : opened)),
    },
    gaps: query.get('gaps') === '1',
    critical: query.get('path') !== '0',
  };
}

/** A default has an empty value, which removes it from the address. */
export function queryOf({ span, view, folding, gaps, critical }: Reading): Record<string, string> {
  const [closed, opened] = [textOf(folding.except), textOf(folding.opened)];
  return {
    span,
    zoom: view ? `${Math.round(view.from)}-${Math.round(view.to)}` : '',
    closed: folding.all ? `*${closed}` : closed,
    groups: folding.groups ? `*${opened}` : opened,
    gaps: gaps ? '1' : '',
    path: critical ? '' : '0',
  };
}

function viewOf(text: string | null): View | null {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(text ?? '') ?? [];
  if (from === undefined || to === undefined || Number(from) >= Number(to)) return null;
  return { from: micros(Number(from)), to: micros(Number(to)) };
}

function keysOf(text: string): string[] {
  return text
    .split(',')
    .filter(Boolean)
    .map((key) => key.replace(/%(?:25|2C|2A)/g, decodeURIComponent));
}

function textOf(keys: ReadonlySet<string>): string {
  if (keys.size > MOST_KEYS) return '';
  // An id may contain any text, so characters that separate ids are escaped in it.
  return [...keys].map((key) => key.replace(/[%,*]/g, (sign) => CODES[sign] ?? sign)).join(',');
}
