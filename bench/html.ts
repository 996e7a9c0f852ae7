/**
 * `npm run bench:html`: how long the page of a run with 100,000 findings takes to open, in Debian's Chromium from a file, and
 * what writing it costs. The promise: its reader sees it within a second.
 */
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { finished } from 'node:stream/promises'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { migration } from '../fixtures/reporters/migration.js'
import { reporters } from '../src/reporters/index.js'
import { CHROMIUM, FLAGS } from '../test/support/chromium.js'

const FINDINGS = 100_000
const ROUNDS = 7
const PROMISED_MS = 1000

/** In the page: text, for it is of another world. */
const LOOK = `(async () => {
  const until = async (holds) => {
    while (!holds()) await new Promise((resolve) => requestAnimationFrame(resolve))
  }
  await until(() => performance.getEntriesByName('first-contentful-paint').length > 0)
  const painted = Math.round(performance.getEntriesByName('first-contentful-paint')[0].startTime)
  const loaded = Math.round(performance.getEntriesByType('navigation')[0].loadEventEnd)
  const explorer = document.querySelector('#all-findings .explorer')
  const scrolled = performance.now()
  explorer.scrollIntoView()
  await until(() => explorer.querySelector('[role=option]') !== null)
  const listed = Math.round(performance.now() - scrolled)
  const input = explorer.querySelector('input')
  input.value = '0054321'
  const typed = performance.now()
  input.dispatchEvent(new Event('input'))
  await until(() => explorer.querySelectorAll('[role=option]').length === 1)
  return { painted, loaded, listed, found: Math.round(performance.now() - typed) }
})()`

const directory = mkdtempSync(path.join(tmpdir(), 'postflight-bench-'))
try {
  const file = path.join(directory, 'report.html')
  const before = process.cpuUsage()
  await write(file, FINDINGS)
  const { user, system } = process.cpuUsage(before)
  const rounds = await open(file)
  const median = (of: (round: Round) => number) => rounds.map(of).toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0
  const painted = median((round) => round.painted)
  const lines = [
    `${FINDINGS.toLocaleString('en-US')} findings, ${Math.round(statSync(file).size / 1e6)} MB, median of ${ROUNDS}`,
    `written      ${Math.round((user + system) / 1000)} ms of processor time`,
    `first seen   ${painted} ms after it was asked for (promised: ${PROMISED_MS})`,
    `loaded       ${median((round) => round.loaded)} ms`,
    `all listed   ${median((round) => round.listed)} ms from coming in sight to the list of all findings`,
    `one found    ${median((round) => round.found)} ms from the last letter to the list of one`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  if (painted > PROMISED_MS) process.exitCode = 1
} finally {
  rmSync(directory, { recursive: true })
}

async function write(to: string, findings: number): Promise<void> {
  const out = createWriteStream(to)
  const reporter = (await reporters.html.load())({ out, width: 80, color: false, unicode: true, quiet: false })
  for (const event of migration(findings)) await reporter.onEvent(event)
  await reporter.close()
  out.end()
  await finished(out)
}

interface Round {
  readonly painted: number
  readonly loaded: number
  readonly listed: number
  readonly found: number
}

async function open(file: string): Promise<readonly Round[]> {
  if (CHROMIUM === undefined) throw new Error('there is no Chromium on this machine: apt-get install chromium')
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  const rounds: Round[] = []
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const page = await browser.newPage()
      await page.goto(pathToFileURL(file).href)
      rounds.push((await page.evaluate(LOOK)) as Round)
      await page.close()
    }
  } finally {
    await browser.close()
  }
  return rounds
}
