/** What one part of a check came to. A part that cannot tell does not keep the others from telling. */
import { CheckError } from '../../lib/errors.js'
import type { Finding, Observed } from '../kind.js'

export interface Part {
  readonly subjects: Readonly<Record<string, Observed>>
  readonly findings?: readonly Finding[]
  readonly gaps?: readonly string[]
  readonly notes?: readonly string[]
  /** Why nothing of it could be told. */
  readonly failed?: CheckError
}

/**
 * `names`: the subjects of the part. A deadline of ours is a gap; the end of the attempt, and anything but a CheckError,
 * passes through.
 */
export async function part(
  names: readonly string[],
  { signal, outer }: { readonly signal: AbortSignal; readonly outer: AbortSignal },
  look: () => Promise<Part>,
): Promise<Part> {
  try {
    return await look()
  } catch (thrown) {
    outer.throwIfAborted()
    const error: unknown = signal.aborted ? signal.reason : thrown
    if (!(error instanceof CheckError)) throw error
    return { ...untold(names, error.message), gaps: [told(error)], failed: error }
  }
}

export function untold(names: readonly string[], reason: string): Part {
  return { subjects: Object.fromEntries(names.map((name) => [name, { unobserved: reason }])) }
}

function told({ message, hint }: CheckError): string {
  return hint === undefined ? message : `${message} (${hint})`
}
