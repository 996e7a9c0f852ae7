/** A finding in words without its kind: for runs recorded by a version that knows kinds this one does not. */
import type { Facts, Finding, Presented } from '../kinds/kind.js'

export function presentPlainly(finding: Finding): Presented {
  const head = finding.key === undefined ? finding.finding : `${finding.key}: ${finding.finding}`
  return {
    headline: head,
    detail: [
      ...facts('expected', finding.expected),
      ...facts('actual', finding.actual),
      ...facts('row', finding.row),
      ...(finding.reason === undefined ? [] : [finding.reason]),
      ...(finding.fix === undefined ? [] : [`fix: ${finding.fix}`]),
    ],
  }
}

function facts(name: string, values: Facts | undefined): string[] {
  if (values === undefined) return []
  return [
    `${name} ${Object.entries(values)
      .map(([key, value]) => `${key} ${JSON.stringify(value)}`)
      .join(', ')}`,
  ]
}
