/** The files GitHub gives a step: what is appended to them becomes its summary and its outputs. */
import { appendFile, stat } from 'node:fs/promises'
import type { Env } from '../lib/text-terminal.js'
import type { ReporterRequest } from '../reporters/parse-reporter-flag.js'
import type { Appended, GithubFiles } from '../reporters/reporter.js'

/** Whether this is a step of a job, so that its reporter is on by itself. */
export function isGithub(env: Env): boolean {
  return env['GITHUB_ACTIONS'] === 'true'
}

export function githubFiles(env: Env, requests: readonly ReporterRequest[]): GithubFiles {
  const reports = requests.flatMap(({ name, path }) => (path === undefined || name === 'github' ? [] : [path]))
  return { summary: appended(env['GITHUB_STEP_SUMMARY']), output: appended(env['GITHUB_OUTPUT']), reports }
}

function appended(path: string | undefined): Appended | undefined {
  if (path === undefined || path === '') return undefined
  return {
    size: async () => (await stat(path).catch(() => undefined))?.size ?? 0,
    append: (text) => appendFile(path, text),
  }
}
