/** Hides secrets in everything a run says. It stands before every reader; nothing is printed that did not pass it. */
import { mapTexts } from './redact-deep.js'
import { loginOf } from './redact-dsn.js'
import { basicForms, formsOf } from './redact-forms.js'
import { cleanUrls, mayHoldUrl } from './redact-url.js'

/** A value that must never appear, and the name people know it by. */
export interface SecretValue {
  readonly name: string
  readonly value: string
}

export interface Redactor {
  /** The text with every secret, in whatever spelling, as `<secret NAME>`; passwords of any URL are taken out too. */
  readonly text: (text: string) => string
  /** The event with all its texts redacted; the same object where nothing in it could be one. */
  readonly event: <T>(event: T) => T
  /** Whether `text` would change it. */
  readonly holds: (text: string) => boolean
  /** Secrets too short to be hidden everywhere, in words without their value. */
  readonly warnings: readonly string[]
}

/** Shorter secrets would blank out ordinary words; they are hidden only where a credential stands. */
const SHORT = 8

export function createRedactor(secrets: readonly SecretValue[]): Redactor {
  const names = new Map<string, string>()
  const short = new Map<string, string>()
  const add = (form: string, name: string) => {
    if (!names.has(form)) names.set(form, name)
  }
  for (const { name, value } of secrets) {
    const login = loginOf(value)
    const parts = [value.trim(), ...(login?.passwords ?? [])].filter((part) => part !== '')
    for (const part of parts) {
      if (part.length < SHORT) short.set(part, name)
      else for (const form of formsOf(part)) add(form, name)
    }
    for (const password of login?.passwords ?? []) {
      for (const form of basicForms(login?.user ?? '', password)) add(form, name)
    }
    if (value.trim() !== value && value.length >= SHORT) for (const form of formsOf(value)) add(form, name)
  }
  const long = alternation([...names.keys()], 'g')
  const standing = credentialPattern([...short.keys()])

  const known = (text: string) => {
    const once = long === undefined ? text : text.replace(long, (form) => `<secret ${names.get(form)}>`)
    if (standing === undefined) return once
    return once.replace(standing, (whole, named?: string, value?: string, colon?: string, password?: string) => {
      const name = short.get(value ?? password ?? '')
      return name === undefined ? whole : `${named ?? colon}<secret ${name}>`
    })
  }
  const text = (given: string) => cleanUrls(known(given))
  const inJson = alternation(
    [...names.keys(), ...short.keys()].map((form) => JSON.stringify(form).slice(1, -1)),
    '',
  )
  const touches = (json: string) => mayHoldUrl(json) || inJson?.test(json) === true
  return {
    text,
    event: (event) => (touches(JSON.stringify(event)) ? mapTexts(event, text) : event),
    holds: (given) => text(given) !== given,
    warnings: [...new Set(short.values())].map(
      (name) => `secret "${name}" has fewer than ${SHORT} characters: it is hidden only where a credential stands`,
    ),
  }
}

function alternation(forms: readonly string[], flags: string): RegExp | undefined {
  if (forms.length === 0) return undefined
  const longestFirst = [...forms].sort((a, b) => b.length - a.length)
  return new RegExp(longestFirst.map(quoted).join('|'), flags)
}

/** After `password=`, `"token": "` or `Bearer `, and between `:` and `@`. */
function credentialPattern(values: readonly string[]): RegExp | undefined {
  if (values.length === 0) return undefined
  const names = 'password|passwd|pwd|pass|token|secret|api[-_]?key|access[-_]?key|credentials?|authorization'
  const before = String.raw`(?:${names})\\?["']?\s*[=:]\s*\\?["']?(?:(?:basic|bearer)\s+)?|(?:basic|bearer)\s+`
  const value = [...values]
    .sort((a, b) => b.length - a.length)
    .map(quoted)
    .join('|')
  return new RegExp(`(${before})(${value})(?!\\w)|(:)(${value})(?=@)`, 'gi')
}

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}
