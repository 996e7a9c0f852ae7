/** A finding from its line. What another program wrote is held against what a finding may be, for views trust its fields. */
import type { Finding } from '../../kinds/kind.js'
import { type Key, keyFromJson } from '../../lib/key.js'

/** Stands for a finding that cannot be read. */
export function unreadable(reason: string): Finding {
  return { finding: 'unreadable', reason }
}

/** The finding in the line of an event, or in words why there is none. */
export function findingOf(line: string): Finding | { readonly wrong: string } {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return { wrong: 'its line is not JSON' }
  }
  const finding = isMap(value) ? value['finding'] : undefined
  if (!isMap(finding) || typeof finding['finding'] !== 'string') return { wrong: 'its line holds no finding' }
  for (const name of Object.keys(finding)) {
    const fits = FIELDS[name]
    // Of what a later version added nothing is known here.
    if (fits !== undefined && !fits(finding[name])) return { wrong: `its field "${name}" is not of its form` }
  }
  return finding as unknown as Finding
}

/** Its key, byte for byte. */
export function keyOf({ key, key_b64 }: Finding): Key | undefined {
  if (key === undefined) return undefined
  return keyFromJson(key_b64 === undefined ? { key } : { key, key_b64 })
}

type Fits = (value: unknown) => boolean

const isText: Fits = (value) => typeof value === 'string'
const isOptionalText: Fits = (value) => value === undefined || isText(value)

const FIELDS: Readonly<Record<string, Fits | undefined>> = Object.assign(Object.create(null) as object, {
  finding: isText,
  key: isText,
  key_b64: isText,
  store: isText,
  found_as: isText,
  found_as_b64: isText,
  reason: isText,
  fix: isText,
  expected: isMap,
  actual: isMap,
  row: isMap,
  refs: (value) => typeof value === 'number',
  deleted: (value) => isMap(value) && isOptionalText(value['at']) && isOptionalText(value['version']),
  recover_from: (value) => Array.isArray(value) && value.every(isText),
  known: (value) => value === true,
} satisfies Record<string, Fits>)

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
