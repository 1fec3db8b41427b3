import { writeJson } from '../core/api/exact-json';
import { Micros, ZERO, between } from '../core/api/micros';
import { ErrorEvent, Frame, LogLine, TraceDetail } from '../core/api/schema';
import { Formats } from '../core/i18n/formats';
import { Language } from '../core/i18n/language';
import { brief, isolated, joined, legible } from '../core/i18n/legible';
import { colourOf } from '../core/ui/service-colour';
import { declared } from '../core/ui/tokens';
import { backgroundOf, backgroundWords } from './tree/background';
import { Layout } from './tree/layout';
import { measuredWords } from './tree/measured-words';
import { rootTime } from './tree/root-time';
import { SpanNode, actorOf, durationOf, failedHere, labelOf } from './tree/span-node';
import { odditiesOf } from './trace-head';
import { nameOfTrace } from './tree/trace-name';
import { hasTime, oddWords } from './waterfall/waterfall-line';

/** The language of the page. */
interface Tongue {
  readonly lang: string;
  readonly say: Language['say'];
  readonly formats: Formats;
}

export function traceJson(detail: TraceDetail): string {
  return writeJson(detail, 2);
}

/**
 * A page that shows the trace without a network and without scripts: rows, bars, the critical path, and the details of
 * each span with its errors and logs. Its policy forbids everything but the embedded styles. All texts from telemetry
 * are escaped.
 */
export function traceHtml(detail: TraceDetail, layout: Layout, tongue: Tongue): string {
  const { summary } = detail;
  const { lang, say, formats } = tongue;
  const { tree, path } = layout;
  const name = summary.name || nameOfTrace(detail);
  const time = [
    rootTime(summary, formats),
    backgroundWords(backgroundOf(summary), say, formats),
  ].join(' ');
  const shares = layout.shares
    .map(({ actor, share }) => `${isolated(actor)} ${formats.percent(share * 100, 1)}`)
    .join(', ');
  const odd = oddWords(odditiesOf(detail, layout), say);
  const outcome = summary.ok
    ? say('viewer.list.wellTitle')
    : say('viewer.list.badTitle', {
        status: summary.status,
        errors: formats.number(summary.errors),
      });
  const rows = tree.nodes.map((node) => rowOf(node, layout, tongue)).join('\n');
  return `<!doctype html>
<html lang="${escaped(lang)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(name)} ${escaped(summary.trace_id)}</title>
<style>:root{color-scheme:dark;${declared(STYLE + rows)}}${STYLE}</style>
</head>
<body>
<h1>${escaped(name)}</h1>
<p class="id">${escaped(summary.trace_id)}</p>
<p>${escaped(formats.date(summary.start_us))} · ${escaped(time.trim())}</p>
${factsOf([
  [say('viewer.list.outcome'), outcome],
  [say('viewer.list.release'), summary.release ?? ''],
  [
    say(summary.virtual_player ? 'viewer.list.virtualPlayer' : 'viewer.list.player'),
    summary.player ?? (summary.virtual_player ? '–' : ''),
  ],
  ...measuredWords(summary, say, formats).map(({ name, value }): Fact => [name, value]),
  [say('viewer.trace.path'), path.why ? say(`viewer.why.${path.why}`) : shares],
])}
${odd === '' ? '' : `<p class="odd">${escaped(odd)}</p>`}
${errorsOf(say('viewer.trace.looseErrors'), tree.looseErrors)}
${logsOf(say('viewer.trace.looseLogs'), tree.looseLogs, tree.start, formats)}
<div class="row head"><span>${escaped(say('viewer.trace.operation'))}</span><span class="time">${escaped(say('viewer.trace.time'))}</span><span></span></div>
${rows}
<p class="id">${escaped(say('viewer.trace.made'))}</p>
</body>
</html>
`;
}

const MOST_OF_A_FILE_NAME = 60;

/** A file name of the trace's name and id, without characters that file systems reject. */
export function fileName(detail: TraceDetail, ending: 'json' | 'html'): string {
  const { summary } = detail;
  const name = brief(nameOfTrace(detail), MOST_OF_A_FILE_NAME).replace(/[^\p{L}\p{N}-]+/gu, '-');
  return `${name}-${summary.trace_id}.${ending}`;
}

function rowOf(node: SpanNode, layout: Layout, { say, formats }: Tongue): string {
  const { tree, total, segments } = layout;
  const { span } = node;
  const share = (time: number): string => ((time / Math.max(total, 1)) * 100).toFixed(3);
  const place = (start: number, end: number): string =>
    `left:${share(start - tree.start)}%;width:${share(end - start)}%`;
  const path = (segments.get(node) ?? [])
    .map(({ start, end }) => `<i class="path" style="${place(start, end)}"></i>`)
    .join('');
  const colour = failedHere(node) ? 'var(--bad)' : colourOf(actorOf(node));
  const odd = oddWords(node.oddities, say);
  const critical = layout.critical.get(node) ?? ZERO;
  const json = writeJson({ ...span, errors: node.errors, logs: node.logs }, 2);
  return `<details><summary class="row">
<span style="padding-left:${Math.min(node.depth, 30)}em"><b style="color:${colour}"><bdi>${escaped(span.service)}</bdi></b> <bdi>${escaped(labelOf(node))}</bdi>${odd === '' ? '' : ' <b class="odd">⚠</b>'}</span>
<span class="time">${escaped(formats.lapse(durationOf(node)))}</span>
<span class="bars"><i style="${place(node.start, node.end)};background:${colour}"></i>${path}</span>
</summary><div class="told">
${odd === '' ? '' : `<p class="odd">${escaped(odd)}</p>`}
${factsOf([
  [say('viewer.span.op'), span.op],
  [say('viewer.span.peer'), node.peer ?? ''],
  [say('viewer.span.status'), span.status],
  [say('viewer.span.start'), since(node.start, tree.start, formats)],
  [say('viewer.span.duration'), formats.lapse(durationOf(node))],
  [say('viewer.span.self'), formats.lapse(layout.self.get(node) ?? ZERO)],
  [
    say('viewer.span.critical'),
    critical === 0 ? say('viewer.span.notCritical') : formats.lapse(critical),
  ],
])}
${errorsOf(say('viewer.span.errors'), node.errors)}
${logsOf(say('viewer.span.logs'), node.logs, tree.start, formats)}
<p class="title">${escaped(say('viewer.span.raw'))}</p>
<pre>${escaped(json)}</pre>
</div></details>`;
}

type Fact = readonly [name: string, value: string];

/** Names and values, without the empty ones. */
function factsOf(facts: readonly Fact[]): string {
  const told = facts
    .filter(([, value]) => value !== '')
    .map(
      ([name, value]) =>
        `<div><dt>${escaped(name)}</dt><dd><bdi>${escaped(value)}</bdi></dd></div>`,
    );
  return `<dl>${told.join('')}</dl>`;
}

function errorsOf(title: string, errors: readonly ErrorEvent[]): string {
  if (errors.length === 0) return '';
  const told = errors.map(
    ({ kind, value, frames }) =>
      `<li><b class="bad"><bdi>${escaped(kind)}</bdi></b> <bdi>${escaped(value)}</bdi>${stackOf(frames)}</li>`,
  );
  return `<p class="title">${escaped(title)}</p><ul class="errors">${told.join('')}</ul>`;
}

/** The innermost frame first; frames of libraries are dimmed. */
function stackOf(frames: readonly Frame[]): string {
  if (frames.length === 0) return '';
  const told = frames.map((frame) => {
    const place = [frame.file ?? frame.module ?? '', frame.line].filter(Boolean).join(':');
    const source = frame.context_line ? `\n    ${frame.context_line.trim()}` : '';
    return `<li${frame.in_app ? '' : ' class="id"'}>${escaped(`${frame.function}  ${place}${source}`)}</li>`;
  });
  return `<ol class="stack">${told.join('')}</ol>`;
}

function logsOf(title: string, logs: readonly LogLine[], from: Micros, formats: Formats): string {
  if (logs.length === 0) return '';
  const told = logs.map((log) => {
    const { at_us, level, service, message } = log;
    const bad = level === 'error' || level === 'fatal' ? ' class="bad"' : '';
    const words = joined(' ', [hasTime(log) ? since(at_us, from, formats) : '', level, service]);
    return `<li${bad}><span class="id">${escaped(words)}</span> <bdi>${escaped(message)}</bdi></li>`;
  });
  return `<p class="title">${escaped(title)}</p><ul>${told.join('')}</ul>`;
}

/** A time since the start of the trace. */
function since(at: Micros, from: Micros, { lapseChange }: Formats): string {
  return lapseChange(between(from, at));
}

/** Hidden characters are made visible, as in the viewer. */
function escaped(text: string): string {
  return legible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

const STYLE = `
body{margin:2rem;background:var(--ink);color:var(--text);font:14px/1.45 'Inter',system-ui,sans-serif;font-variant-numeric:tabular-nums}
h1{margin:0;font-size:1.4rem;overflow-wrap:anywhere}
.id{color:var(--dim);font-family:monospace}
.bad{color:var(--bad)}
.odd{color:var(--warn)}
dl{display:flex;flex-wrap:wrap;gap:.2rem 1.5rem;margin:.6rem 0}
dl div{display:flex;gap:.5rem}
dt{color:var(--dim)}
dd{margin:0;overflow-wrap:anywhere}
.title{margin:.8rem 0 .2rem;color:var(--dim)}
ul,ol{margin:.2rem 0;padding-left:1.2rem;overflow-wrap:anywhere}
.stack{font-family:monospace;white-space:pre-wrap}
.row{display:grid;grid-template-columns:minmax(14rem,36%) 6rem 1fr;gap:1rem;align-items:center;padding:.2rem .5rem;border-bottom:1px solid var(--box)}
.head{color:var(--dim)}
summary{cursor:pointer;list-style:none}
summary:hover{background:var(--raised)}
summary span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.time{text-align:right}
.bars{position:relative;height:1rem}
.bars i{position:absolute;top:.15rem;height:.6rem;min-width:2px;border-radius:.15rem}
.bars .path{top:.82rem;height:.15rem;background:var(--white)}
.told{padding:.4rem 1rem 1rem;border-bottom:1px solid var(--box)}
pre{margin:0;padding:.6rem 1rem;overflow:auto;max-height:24rem;background:var(--field);white-space:pre-wrap;overflow-wrap:anywhere}
`;
