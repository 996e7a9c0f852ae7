/** A run in which every input holds secrets and hostile text, and what must not be left of them in what it writes. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Characters that mean something in URLs, JSON, shells and regular expressions; long and short. */
export const SECRETS = {
  dsn: 'dsn p@ss/w0rd:#%?"é\\&=+',
  s3: 'S3/secret+key"\\==of/leaks',
  header: 'header-tok3n\'"{}%41',
  basic: 'basic:p@ss wörd?',
  env: 'env-token/0123456789',
  file: '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQC7VJTU\n-----END KEY-----',
  digits: '90817263544',
} as const
/** Shorter than what is hidden everywhere; it stands only where credentials stand. */
export const PIN = 'q7!z'
/** A row value that no `show:` names. */
export const UNSHOWN = 'jane.unshown@example.org'

export const HOSTILE: readonly string[] = [
  '\x1b[31mred\x1b[0m',
  '\x1b]0;title\x07bell',
  '::error::command',
  'a\n::warning file=x::second line',
  'b\r\n  ::set-output name=x::y',
  '##[error]azure',
  '##vso[task.setvariable variable=x]y',
  '##teamcity[buildStop]',
  '\u009b2Jc1',
  '\u202ebidi\u2066\u2069',
  '\u2028sep\u2029\u200b',
]

const base64 = (text: string, offset: number) =>
  Buffer.from(' '.repeat(offset) + text)
    .toString('base64')
    .slice(offset === 0 ? 0 : 4, -4)

export function spellings(secret: string): readonly string[] {
  const lines = secret.includes('\n') ? secret.split('\n').filter((line) => !line.startsWith('-')) : [secret]
  const json = JSON.stringify(secret).slice(1, -1)
  const shapes = [json, JSON.stringify(json).slice(1, -1), encodeURIComponent(secret), encodeURI(secret)]
  // As formats escape what they were given: XML, Markdown, labels, commands of GitHub.
  const xml = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
  const marked = secret.replace(/[\\`*_[\]<>#|~&$]/g, '\\$&').replaceAll('@', '@<!-- -->')
  const command = secret.replaceAll('%', '%25').replaceAll('\n', '%0A')
  const property = command.replaceAll(':', '%3A').replaceAll(',', '%2C')
  const label = secret.replace(/[\\"]/g, '\\$&')
  const bytes = [0, 1, 2].map((offset) => base64(secret, offset))
  const formats = secret.includes('\n') ? [command, property] : [xml, marked, command, property, label]
  return [...new Set([...lines, ...shapes, ...formats, ...bytes, Buffer.from(secret).toString('hex')])]
}

/** Every file below, by its path from there. */
export function filesBelow(path: string): ReadonlyMap<string, Buffer> {
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' })
  const files = names.filter((name) => statSync(join(path, name)).isFile())
  return new Map(files.map((name) => [name, readFileSync(join(path, name))]))
}

/** Secrets, in words without them. */
export function secretsIn(text: string, pinToo = true): readonly string[] {
  const long = Object.entries(SECRETS).filter(([, secret]) => spellings(secret).some((one) => text.includes(one)))
  const pin = pinToo && new RegExp(`(?:[:=]\\s*"?|bearer |:)${PIN}`, 'i').test(text) ? ['pin'] : []
  return [...long.map(([name]) => name), ...pin, ...(text.includes(UNSHOWN) ? ['a row value'] : [])]
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const HIDDEN = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u

/** What a terminal or a CI runner would obey, with where it stands. */
export function commandsIn(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => HIDDEN.test(line) || /^\s*::/.test(line) || /##\w*\[/.test(line))
    .map((line) => JSON.stringify(line.slice(0, 200)))
}
