/** Whether the volume holds what it must: the sentinel with its id, and the paths. */
import { keyToText } from '../../lib/key.js'
import { isAbsence, type ToolError } from '../../probes/error-text.js'
import { type Below, contentOf, isToolError, type Look, type Options } from '../../probes/volume-look.js'
import type { Vantage } from '../../vantage/vantage.js'
import type { Finding, Observed } from '../kind.js'
import { type ExpectedPath, expectedPaths, type VolumeSpec } from './schema.js'

/** A sentinel is a few words. What is longer is compared no further. */
const SENTINEL_BYTES = 64 * 1024

export interface Contents {
  readonly subjects: Readonly<Record<string, Observed>>
  readonly findings: readonly Finding[]
  /** What could not be told. */
  readonly gaps: readonly string[]
  /** Why the sentinel does not stand for this volume; undefined where it does, or none is asked for. */
  readonly wrong: string | undefined
}

export async function contents(spec: VolumeSpec, look: Look, vantage: Vantage, options: Options): Promise<Contents> {
  const sentinel = await sentinelOf(spec, look, vantage, options)
  const { subjects, findings, gaps } = pathsOf(spec, look)
  return {
    subjects: { ...subjects, ...(sentinel === undefined ? {} : { sentinel: sentinel.value }) },
    findings,
    gaps: [...gaps, ...(sentinel?.gap ?? [])],
    wrong: sentinel?.wrong,
  }
}

interface Sentinel {
  readonly value: Observed
  readonly wrong?: string
  readonly gap?: readonly string[]
}

async function sentinelOf(
  spec: VolumeSpec,
  { sentinel: below }: Look,
  vantage: Vantage,
  options: Options,
): Promise<Sentinel | undefined> {
  const { sentinel: asked } = spec
  if (asked === undefined || below === undefined) return undefined
  const { file, id } = asked
  if (isToolError(below.found)) {
    return isAbsence(below.found) ? { value: false, wrong: `${file} is not there` } : cannotTell(file, below.found)
  }
  if (below.found !== 'file') return { value: false, wrong: `${file} is no file` }
  const content = await contentOf(vantage, `${spec.path}/${file}`, SENTINEL_BYTES + 1, options)
  if (isToolError(content)) return cannotTell(file, content)
  if (content.length > SENTINEL_BYTES) return { value: false, wrong: `${file} is longer than any sentinel` }
  return isSentinelOf(content.toString(), id) ? { value: true } : { value: false, wrong: `${file} has another id` }
}

function cannotTell(file: string, { text }: ToolError): Sentinel {
  return { value: { unobserved: `${file}: ${text}` }, gap: [`the sentinel ${file} cannot be read: ${text}`] }
}

/** The whole text, or the field `id` of a JSON object. */
export function isSentinelOf(text: string, id: string): boolean {
  if (text.trim() === id.trim()) return true
  try {
    const json: unknown = JSON.parse(text)
    return typeof json === 'object' && json !== null && 'id' in json && String(json.id) === id
  } catch {
    return false
  }
}

function pathsOf(spec: VolumeSpec, look: Look): Omit<Contents, 'wrong'> {
  if (spec.paths === undefined) return { subjects: {}, findings: [], gaps: [] }
  const looked = expectedPaths(spec).map((expected, index) => judged(expected, look.paths[index]))
  const findings = looked.flatMap(({ finding }) => finding ?? [])
  const number = (name: string) => findings.filter(({ finding }) => finding === name).length
  const typed = expectedPaths(spec).some(({ type }) => type !== undefined)
  return {
    subjects: {
      paths: looked.length,
      missing_paths: number('missing_paths'),
      ...(typed ? { mistyped_paths: number('mistyped_paths') } : {}),
    },
    findings,
    gaps: looked.flatMap(({ gap }) => gap ?? []),
  }
}

function judged(expected: ExpectedPath, below: Below | undefined): { finding?: Finding; gap?: string } {
  const { path: key, type } = expected
  if (below === undefined) return { gap: `whether ${key} exists cannot be told` }
  if (isToolError(below.found)) {
    if (!isAbsence(below.found)) return { gap: `whether ${key} exists cannot be told: ${below.found.text}` }
    return {
      finding: {
        finding: 'missing_paths',
        key,
        ...(below.link ? { reason: 'it is a link that leads nowhere' } : {}),
        ...(below.deeper === undefined ? {} : { found_as: `${keyToText(below.deeper)}/${key}` }),
      },
    }
  }
  if (type === undefined || below.found === type) return {}
  return { finding: { finding: 'mistyped_paths', key, expected: { type }, actual: { type: below.found } } }
}
