import type { Finding, Presented } from '../kind.js'

export function present({ key, reason, finding, actual }: Finding): Presented {
  const started = actual?.['started']
  if (finding === 'started_before') return { headline: `${key}, started ${String(started)}`, detail: [] }
  return { headline: [key, reason].filter((part) => part !== undefined).join(': '), detail: [] }
}
