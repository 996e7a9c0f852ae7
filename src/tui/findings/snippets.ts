/** YAML to paste into a check file for findings that somebody accepts. Pure; nothing is ever written into a check file. */
import { fileName } from '../../engine/list-names.js'
import type { Finding } from '../../kinds/kind.js'
import { count } from '../../lib/text.js'
import { escapeJson } from '../../lib/text-escape.js'

const DAYS = 30
const DAY_MS = 86_400_000
const REASON = 'say why this is accepted, and where that is written down'

/** For `waivers:` of the check file, at its beginning. */
export function waiverSnippet(check: string, now: Date): string {
  return lines([
    '# It lets the whole check pass, new losses too; "known:" takes only listed findings.',
    'waivers:',
    `  - check: ${quoted(check)}`,
    `    reason: ${quoted(REASON)}`,
    `    expires: ${dayAfter(now)}`,
  ])
}

/** `known:` of the check, at the depth of its fields. It names keys, so findings without one cannot be in it. */
export function knownSnippet(check: string, findings: readonly Finding[], now: Date): string {
  const keys = new Set<string>()
  let without = 0
  let odd = 0
  for (const { key, key_b64 } of findings) {
    if (key === undefined) without++
    else if (key_b64 !== undefined || key.includes(REDACTED)) odd++
    else keys.add(key)
  }
  return lines([
    ...ofPack(check),
    ofCheck(check),
    ...(without === 0 ? [] : [`    # ${count(without, 'finding')} without a key cannot be in it.`]),
    ...(odd === 0
      ? []
      : [
          `    # ${count(odd, 'key')} cannot be written here: export the findings as a list, and name that file,`,
          '    # keys: FILE, instead of the keys.',
        ]),
    '    known:',
    `      reason: ${quoted(REASON)}`,
    `      expires: ${dayAfter(now)}`,
    ...(keys.size === 0 ? ['      keys: []'] : ['      keys:', ...[...keys].map((key) => `        - ${quoted(key)}`)]),
  ])
}

/** The same where there are too many to list. */
export function knownFileSnippet(check: string, found: number, now: Date): string {
  return lines([
    ...ofPack(check),
    ofCheck(check),
    `    # ${count(found, 'finding')} are too many to list here: export them as a list to this file, beside the check file.`,
    '    known:',
    `      reason: ${quoted(REASON)}`,
    `      expires: ${dayAfter(now)}`,
    `      keys: ${quoted(`${fileName(check)}.known.txt`)}`,
  ])
}

/** The redactor's mark: what bears it is no longer the key. */
const REDACTED = '<secret '

/** Ids of a pack's checks have a dot; they do not stand in the file themselves. */
function ofPack(check: string): readonly string[] {
  return check.includes('.')
    ? ['    # A check of a pack: what belongs to it goes below "override:" of its include.']
    : []
}

function ofCheck(check: string): string {
  const base = check.replace(/\[.*$/, '')
  const instances = base === check ? '' : ', and of all its instances'
  return `    # Of the check ${inComment(base)}${instances}. Whatever is found of these keys is accepted.`
}

function dayAfter(now: Date): string {
  return new Date(now.getTime() + DAYS * DAY_MS).toISOString().slice(0, 10)
}

/** Neither YAML nor the check file reads anything else in it. */
function quoted(text: string): string {
  return escapeJson(JSON.stringify(text.replaceAll('${', () => '$${'))).replace(
    /\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})/g,
    (_, high: string, low: string) => {
      const code = String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16)).codePointAt(0) ?? 0
      return `\\U${code.toString(16).padStart(8, '0')}`
    },
  )
}

function inComment(text: string): string {
  return escapeJson(JSON.stringify(text))
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('')
}
