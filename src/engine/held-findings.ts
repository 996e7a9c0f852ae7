/** Findings kept back until it is known that they are to be shown: few in memory, many on disk. */
import { createReadStream } from 'node:fs'
import { appendFile, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Finding } from '../kinds/kind.js'

const PAGE = 1000

export interface HeldFindings {
  readonly add: (findings: readonly Finding[]) => Promise<void>
  /** In the order they were added, in pages. */
  readonly read: () => AsyncGenerator<readonly Finding[], void, void>
  readonly discard: () => Promise<void>
}

/** `path` is written only where memory does not do. */
export function holdFindings(path: string): HeldFindings {
  let recent: Finding[] = []
  let spilled = false

  const read = async function* (): AsyncGenerator<readonly Finding[], void, void> {
    if (spilled) yield* readPages(path)
    if (recent.length > 0) yield recent
  }
  return {
    read,
    add: async (findings) => {
      recent.push(...findings)
      if (recent.length < PAGE) return
      const lines = recent.map((finding) => `${JSON.stringify(finding)}\n`)
      recent = []
      spilled = true
      await appendFile(path, lines.join(''), { mode: 0o600 })
    },
    discard: async () => {
      recent = []
      if (spilled) await rm(path, { force: true })
      spilled = false
    },
  }
}

async function* readPages(path: string): AsyncGenerator<readonly Finding[], void, void> {
  const input = createReadStream(path, 'utf8')
  try {
    let page: Finding[] = []
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      page.push(JSON.parse(line) as Finding)
      if (page.length < PAGE) continue
      yield page
      page = []
    }
    if (page.length > 0) yield page
  } finally {
    input.destroy()
  }
}
