/** The one table: figures, how they grow, and the promises beside what was measured, as Markdown. */
import os from 'node:os'
import type { Figure, Part } from './figures.js'

export interface Facts {
  readonly cores: number
  readonly model: string
  readonly memory: string
  readonly kernel: string
  readonly node: string
  readonly postgres: string
  readonly date: string
  /** Of the command, where it did not measure all. */
  readonly flags: readonly string[]
}

export function factsOf(postgres: string, now: Date, flags: readonly string[]): Facts {
  const cpus = os.cpus()
  return {
    cores: os.availableParallelism(),
    model: cpus[0]?.model.trim() ?? 'unknown',
    memory: `${(os.totalmem() / 2 ** 30).toFixed(0)} GiB`,
    kernel: `${os.type()} ${os.release()}`,
    node: process.versions.node,
    postgres,
    date: now.toISOString().slice(0, 10),
    flags,
  }
}

export function resultsText(facts: Facts, { figures, promises, remarks }: Part): string {
  const { cores, model, memory, kernel, node, postgres, date, flags } = facts
  const command = ['npm run bench', ...(flags.length === 0 ? [] : ['--', ...flags])].join(' ')
  return `# What it costs

Made by \`${command}\` in one run; every command's result was checked. ${date}, ${cores} cores (${model}), ${memory},
${kernel}, Node ${node}, PostgreSQL ${postgres}. \`LC_ALL=C\`, caches warm, seconds and MiB; wall and CPU are medians of
their rounds, CPU is of all processes but the database server's, memory the sum over the processes of each one's peak
(VmHWM). "per tenfold" is how wall, CPU and memory grow from a tenth of the size.

## Promises

${table(
  ['what', 'measured', 'promised', ''],
  promises.map(({ what, measured, limit, kept }) => [what, measured, limit, kept ? 'kept' : '**BROKEN**']),
)}

## Figures

${table(
  ['what', 'artifacts', 'by', 'wall', 'CPU', 'peak', 'per tenfold', 'rounds', 'beside'],
  figures.map((figure) => [
    figure.what,
    figure.size.toLocaleString('en'),
    figure.by,
    figure.wall.toFixed(2),
    figure.cpu?.toFixed(2) ?? '',
    figure.peak?.toFixed(0) ?? '',
    growth(figure, figures),
    String(figure.rounds),
    figure.note ?? '',
  ]),
)}
${remarks.map((remark) => `\n${remark}`).join('\n')}
`
}

function growth(figure: Figure, all: readonly Figure[]): string {
  const smaller = all.find(
    ({ what, by, size }) => what === figure.what && by === figure.by && size * 10 === figure.size,
  )
  if (smaller === undefined) return ''
  const times = (now: number | undefined, then: number | undefined): string =>
    now === undefined || then === undefined ? '–' : `${(now / then).toFixed(1)} ×`
  return [times(figure.wall, smaller.wall), times(figure.cpu, smaller.cpu), times(figure.peak, smaller.peak)].join(', ')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
