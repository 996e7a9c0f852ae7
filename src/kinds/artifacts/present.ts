/** A finding of an artifacts check in words. Pure. */
import { formatNumber } from '../../lib/text.js'
import type { Deleted, Facts, Finding, Presented } from '../kind.js'

const HEADLINES: Readonly<Record<string, string>> = {
  missing: 'missing',
  orphaned: 'has no row',
  size_mismatch: 'has another size',
  checksum_mismatch: 'has other content',
  unverifiable: 'could not be verified',
  renamed: 'is there under another name',
  forbidden: 'is refused by the store',
  unreadable: 'cannot be read',
  archived: 'is archived',
  unsafe_key: 'is no key to look up',
  no_key: 'a row has no key',
  zero_bytes: 'is empty',
  in_flight: 'is not there yet',
  duplicate_refs: 'is referred to several times',
}

export function presentArtifact(finding: Finding): Presented {
  const { key, store, reason, refs, deleted, recover_from: sources } = finding
  const unrecorded = finding.expected?.['recorded'] === false
  const words = unrecorded ? 'is not in the record' : (HEADLINES[finding.finding] ?? finding.finding)
  const detail = [
    ...(finding.expected === undefined || unrecorded ? [] : [`expected ${facts(finding.expected)}`]),
    ...(finding.actual === undefined ? [] : [`actual ${facts(finding.actual)}`]),
    ...(finding.found_as === undefined ? [] : [`found as ${finding.found_as}`]),
    ...(reason === undefined ? [] : [reason]),
    ...(deleted === undefined ? [] : [deletion(deleted)]),
    ...(refs === undefined || refs < 2 ? [] : [`${formatNumber(refs)} rows refer to it`]),
    ...(sources === undefined ? [] : [`can be had from ${sources.join(', ')}`]),
    ...(store === undefined ? [] : [`in ${store}`]),
  ]
  return { headline: key === undefined ? words : `${key}: ${words}`, detail }
}

function facts(values: Facts): string {
  return Object.entries(values)
    .map(([name, value]) => {
      const all = Array.isArray(value) ? value : [value]
      const text = all.map((one) => (name === 'size' ? formatNumber(String(one)) : String(one))).join(' or ')
      return name === 'size' ? `${text} ${text === '1' ? 'byte' : 'bytes'}` : `${name} ${text}`
    })
    .join(', ')
}

function deletion({ at, version }: Deleted): string {
  const back = version === undefined ? 'no version of it is left' : `version ${version} can be had back`
  return `deleted${at === undefined ? '' : ` at ${at}`}: ${back}`
}
