import { CheckError } from '../../lib/errors.js'
import type { Check, Context } from '../kind.js'
import type { CanarySpec, WorkerSpec } from './fields.js'
import type { Part } from './part.js'
export async function sendCanary(
  _canary: CanarySpec,
  _check: Check<WorkerSpec>,
  _context: Context,
  _signal: AbortSignal,
): Promise<Part> {
  throw new CheckError('not yet')
}
