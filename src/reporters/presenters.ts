/** How the findings of a run are put into words: each by its kind, which is loaded when it is asked for. */
import { kinds } from '../kinds/index.js'
import type { Finding, Presented } from '../kinds/kind.js'
import { presentPlainly } from './present.js'

export type Present = (kind: string, finding: Finding) => Presented

/** Kinds this version does not know are put plainly. */
export async function presenters(names: readonly string[]): Promise<Present> {
  const loaded = new Map((await kinds.load(names)).map((kind) => [kind.name as string, kind]))
  return (kind, finding) => loaded.get(kind)?.present(finding) ?? presentPlainly(finding)
}
