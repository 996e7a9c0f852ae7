/** The desk of a recorded run: everything but running it again. */
import { open } from 'node:fs/promises'
import type { CheckEnd, RunEnd, RunEvent, RunStart } from '../../engine/events.js'
import { commonOf, type DeskOptions, type OpenDesk } from './open-desk.js'

export interface RecordedOptions extends DeskOptions {
  /** As given. */
  readonly path: string
  readonly told: readonly RunEvent[]
}

export async function openRecordedDesk({ path, told, ...options }: RecordedOptions): Promise<OpenDesk> {
  const start = told.find((event): event is RunStart => event.type === 'run:start')
  if (start === undefined) throw new Error('a recording without a beginning was opened')
  const ends = new Map(
    told.filter((event): event is CheckEnd => event.type === 'check:end').map((end) => [end.id, end]),
  )
  const end = told.find((event): event is RunEnd => event.type === 'run:end')
  return {
    desk: { ...(await commonOf(options)), told, listen: () => () => {}, recording: path },
    start: () => {},
    end: async () => {},
    run: { name: start.name, at: start.at },
    // What is recorded was redacted then.
    last: () => ({ start, ends: [...ends.values()], end, hide: (text) => text }),
    broken: new Promise<never>(() => {}),
  }
}

/** As much of a file as tells what it is. Bytes. */
const HEAD = 4096

/** Whether the file is named, or begins, as a recorded run; what cannot be read is not. */
export async function isRecording(path: string): Promise<boolean> {
  if (path.endsWith('.ndjson')) return true
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return false
  try {
    if (!(await file.stat()).isFile()) return false
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0)
    return /^\{[^\n]*"type":"run:start"/.test(buffer.toString('latin1', 0, bytesRead))
  } finally {
    await file.close()
  }
}
