/** docs/reports.md: the page is written by hand, its table and its samples are made by the reporters. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { REPORTER_NAMES, type ReporterEntry, type ReporterName, reporters } from '../../src/reporters/index.js'
import { filled } from '../support/filled.js'
import { recorded, render } from './support.js'

const PAGE = 'docs/reports.md'
/** The check that the samples show. */
const SHOWN = 'orders-without-customer'

export async function reportsPage(root: string): Promise<readonly [path: string, text: string]> {
  let text = await readFile(join(root, PAGE), 'utf8')
  const lines: string[] = []
  const appended = { size: async () => 0, append: async (line: string) => void lines.push(line) }
  const github = { output: appended, reports: ['postflight.xml'] }
  const told = async (name: ReporterName) => render(recorded('mixed'), await reporters[name].load(), { github })

  const samples: Readonly<Record<string, string>> = {
    formats: formatTable(),
    junit: fenced(
      'xml',
      between(await told('junit'), `<testcase classname="postflight.postflight.sql" name="${SHOWN}"`, '</testcase>'),
    ),
    sarif: fenced('json', sarifResult(await told('sarif'))),
    github: fenced('text', lineWith(await told('github'), `title=${SHOWN}`)),
    outputs: fenced('text', lines.join('').trimEnd()),
    gitlab: fenced('json', gitlabIssue(await told('gitlab'))),
    markdown: fenced('markdown', markdownPart(await told('markdown')), '~~~~'),
    tap: fenced('text', `TAP version 14\n1..9\n...\n${between(await told('tap'), `not ok 2 - ${SHOWN}`, '\n  ...')}`),
    nagios: fenced('text', (await told('nagios')).trimEnd()),
    prometheus: fenced('text', prometheusPart(await told('prometheus'))),
  }
  for (const [name, sample] of Object.entries(samples)) text = filled(text, name, sample, PAGE)
  return [PAGE, text]
}

function formatTable(): string {
  const rows = REPORTER_NAMES.map((name) => {
    const { summary, streams }: ReporterEntry = reporters[name]
    return `| [\`${name}\`](#${PLAIN.has(name) ? 'table-plain-json-ndjson-html' : name}) | ${summary} | ${streams ? 'as it happens' : 'at the end'} |`
  })
  return ['| format | for | written |', '| --- | --- | --- |', ...rows].join('\n')
}

const PLAIN: ReadonlySet<string> = new Set(['table', 'plain', 'json', 'ndjson', 'html'])

function sarifResult(text: string): string {
  const { results } = JSON.parse(text).runs[0] as { readonly results: readonly { readonly ruleId: string }[] }
  return JSON.stringify(
    results.find(({ ruleId }) => ruleId === SHOWN),
    null,
    2,
  )
}

function gitlabIssue(text: string): string {
  const issues = JSON.parse(text) as readonly { readonly description: string }[]
  return JSON.stringify(
    issues.find(({ description }) => description.startsWith(SHOWN)),
    null,
    2,
  )
}

function markdownPart(text: string): string {
  return `${text.slice(0, text.indexOf('\n### '))}\n${between(text, `### ✖ \`${SHOWN}\``, '\n### ').replace(/\n### $/, '')}`.trimEnd()
}

function prometheusPart(text: string): string {
  return text
    .split('\n')
    .filter((line) => line.startsWith('postflight_run_') || line.includes(`check="${SHOWN}"`))
    .filter((line) => !line.includes('status=') || line.includes('status="fail"'))
    .join('\n')
}

function lineWith(text: string, part: string): string {
  return text.split('\n').find((line) => line.includes(part)) ?? ''
}

function between(text: string, begin: string, end: string): string {
  const from = text.indexOf(begin)
  const to = text.indexOf(end, from)
  if (from === -1 || to === -1) throw new Error(`no ${begin} in the report`)
  return text.slice(from, to + end.length)
}

function fenced(language: string, text: string, mark = '```'): string {
  return [`${mark}${language}`, text, mark].join('\n')
}
