import { Formats } from '../core/money';
import { TraceDetail } from '../core/telemetry-wire';
import { Layout } from './layout';
import { colourOf } from './service-colour';
import { SpanNode, actorOf, durationOf, labelOf } from './tree';

/** The words of the exported page; numbers and times are written by `formats`. */
export interface ExportWords {
  readonly lang: string;
  readonly operation: string;
  readonly duration: string;
  readonly path: string;
  readonly errors: string;
  readonly made: string;
}

export function traceJson(detail: TraceDetail): string {
  return JSON.stringify(detail, null, 2);
}

/**
 * A page of its own that shows the trace anywhere, without a network and without a script: rows, bars, the critical
 * path, what each span says, and its policy forbids everything but the styles inside. Whatever comes from telemetry
 * is escaped.
 */
export function traceHtml(
  detail: TraceDetail,
  layout: Layout,
  formats: Formats,
  words: ExportWords,
): string {
  const { summary } = detail;
  const shares = layout.shares
    .map(({ actor, share }) => `${escaped(actor)} ${escaped(formats.percent(share * 100, 1))}`)
    .join(', ');
  const rows = layout.tree.nodes.map((node) => rowOf(node, layout, formats)).join('\n');
  const loose = layout.tree.looseErrors
    .map(({ kind, value }) => `<li>${escaped(kind)}: ${escaped(value)}</li>`)
    .join('');
  return `<!doctype html>
<html lang="${escaped(words.lang)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(summary.name)} ${escaped(summary.trace_id)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(summary.name)}</h1>
<p class="id">${escaped(summary.trace_id)}</p>
<p>${escaped(formats.date(summary.start_us))} · ${escaped(formats.lapse(summary.duration_us))}</p>
<p>${escaped(words.path)}: ${shares}</p>
${loose === '' ? '' : `<p class="bad">${escaped(words.errors)}</p><ul>${loose}</ul>`}
<div class="row head"><span>${escaped(words.operation)}</span><span>${escaped(words.duration)}</span><span></span></div>
${rows}
<p class="id">${escaped(words.made)}</p>
</body>
</html>
`;
}

/** Of a file: the trace's name and id, with nothing that a file system minds. */
export function fileName({ summary }: TraceDetail, ending: 'json' | 'html'): string {
  const name = summary.name.replace(/[^\p{L}\p{N}-]+/gu, '-').slice(0, 60);
  return `${name}-${summary.trace_id}.${ending}`;
}

function rowOf(node: SpanNode, { tree, total, segments }: Layout, formats: Formats): string {
  const { span } = node;
  const share = (time: number): string => ((time / Math.max(total, 1)) * 100).toFixed(3);
  const place = (start: number, end: number): string =>
    `left:${share(start - tree.start)}%;width:${share(end - start)}%`;
  const path = (segments.get(node) ?? [])
    .map(({ start, end }) => `<i class="path" style="${place(start, end)}"></i>`)
    .join('');
  const colour = node.failed ? '#ff7b73' : colourOf(actorOf(node));
  const { start_us, end_us, ...told } = span;
  const data = JSON.stringify({ ...told, start_us, end_us }, null, 2);
  const errors = node.errors.map(({ kind, value }) => `${kind}: ${value}`);
  return `<details><summary class="row">
<span style="padding-left:${Math.min(node.depth, 30)}em"><b style="color:${colour}">${escaped(span.service)}</b> ${escaped(labelOf(node))}</span>
<span class="time">${escaped(formats.lapse(durationOf(node)))}</span>
<span class="bars"><i style="${place(node.start, node.end)};background:${colour}"></i>${path}</span>
</summary><pre>${escaped([...errors, data].join('\n'))}</pre></details>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

const STYLE = `
:root{color-scheme:dark}
body{margin:2rem;background:#0a0c11;color:#e9ecf2;font:14px/1.45 'Inter',system-ui,sans-serif;font-variant-numeric:tabular-nums}
h1{font-size:1.4rem}
.id{color:#929cb0;font-family:monospace}
.bad{color:#ff7b73}
.row{display:grid;grid-template-columns:minmax(14rem,36%) 6rem 1fr;gap:1rem;align-items:center;padding:.2rem .5rem;border-bottom:1px solid #171c27}
.head{color:#929cb0}
summary{cursor:pointer;list-style:none}
summary:hover{background:#141925}
summary span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.time{text-align:right}
.bars{position:relative;height:1rem}
.bars i{position:absolute;top:.15rem;height:.6rem;min-width:2px;border-radius:.15rem}
.bars .path{top:.82rem;height:.15rem;background:#fff}
pre{margin:0;padding:.6rem 1rem;overflow:auto;max-height:24rem;background:#0d1119;white-space:pre-wrap;overflow-wrap:anywhere}
`;
