/** Looks at findings of an earlier run again: lists anew, and probes their objects alone. */
import { type Key, keyFromJson } from '../../lib/key.js'
import type { Finding, Recheck, Rechecked } from '../kind.js'
import { createCoverage } from './coverage.js'
import { type Listed, listFrom } from './list.js'
import { type Answer, probeOne, type Unprobed } from './probe-one.js'
import type { ProbeSpec } from './schema.js'

export const recheck: Recheck<ProbeSpec> = async ({ spec }, findings, { connections, signal, showData }) => {
  const source = connections.postgres(spec.connection)
  const { objects } = await listFrom(spec, source, signal)
  const listed = new Map(objects.map((one) => [one.object, one]))
  const looked = new Map<Key, Answer | Unprobed>()
  const look = async (key: Key, object: Listed): Promise<Answer | Unprobed> => {
    const known = looked.get(key)
    if (known !== undefined) return known
    // Each by itself: what others would read is not read.
    const found =
      createCoverage(spec).refuse(object) ?? (await probeOne(object.probe ?? '', { spec, source, signal, showData }))
    looked.set(key, found)
    return found
  }
  const results: Rechecked[] = []
  for (const finding of findings) {
    const { key: text, key_b64 } = finding
    const key =
      text === undefined ? undefined : keyFromJson(key_b64 === undefined ? { key: text } : { key: text, key_b64 })
    const object = key === undefined ? undefined : listed.get(key)
    results.push(
      key === undefined || object === undefined
        ? untold('the list of the check does not give this object any more')
        : becomeOf(finding, await look(key, object)),
    )
  }
  return results
}

/** A violation stands while its object has any: how many rows it has may have changed. */
function becomeOf({ finding }: Finding, looked: Answer | Unprobed): Rechecked {
  if ('because' in looked)
    return finding === 'unprobed'
      ? { stands: true, now: ['unprobed'], sides: [], reason: looked.reason }
      : untold(`it cannot be probed by now: ${looked.reason}`)
  const now = looked.rows.length > 0 ? ['violations'] : []
  return { stands: now.includes(finding), now, sides: [] }
}

function untold(reason: string): Rechecked {
  return { stands: undefined, now: [], sides: [], reason }
}
