/**
 * Keeps back what anybody says on stderr (a warning of Node, of a library, of ours) while a screen is drawn, which it
 * would be written across.
 */

/** Of more than that the beginning is worth least. Characters. */
const MOST = 64 * 1024

/** What it returns lets go again, and says what was kept. */
export function holdStderr(stderr: NodeJS.WriteStream, proc: NodeJS.EventEmitter = process): () => void {
  const write = stderr.write
  let held = ''
  const keep = (text: string): void => {
    held = (held + text).slice(-MOST)
  }
  const hold = (chunk: Uint8Array | string, ...more: unknown[]): boolean => {
    keep(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'))
    const done = more.find((one) => typeof one === 'function')
    if (typeof done === 'function') process.nextTick(done as () => void)
    return true
  }
  stderr.write = hold as typeof write
  // Node's own listener goes round the stream, straight to the descriptor.
  const listeners = proc.listeners('warning') as ((warning: Error) => void)[]
  const warnings: Error[] = []
  const warned = (warning: Error): void => void warnings.push(warning)
  for (const listener of listeners) proc.off('warning', listener)
  proc.on('warning', warned)
  let holding = true
  return () => {
    if (!holding) return
    holding = false
    stderr.write = write
    proc.off('warning', warned)
    for (const listener of listeners) proc.on('warning', listener)
    for (const warning of warnings) for (const listener of listeners) listener(warning)
    if (held !== '' && stderr.writable) stderr.write(held)
  }
}
