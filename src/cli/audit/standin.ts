/** Stands in for the book of a live run until that is written: it holds findings in memory, and groups none. */
import type { CheckFinding } from '../../engine/events.js'
import { compareKeys, keyFromJson } from '../../lib/key.js'
import type { ExportRequest } from '../../tui/desk.js'
import type { Book } from '../../tui/findings/book.js'

export async function openLiveBook(_: { readonly scratch: string }): Promise<Book> {
  let all: (CheckFinding | undefined)[] = []
  return {
    add: (event) => void all.push(event),
    forget: (check) => {
      all = all.map((one) => (one?.id === check ? undefined : one))
    },
    counts: (check) => {
      const counts: Record<string, number> = {}
      for (const one of all) if (one?.id === check) counts[one.finding.finding] = (counts[one.finding.finding] ?? 0) + 1
      return counts
    },
    at: (number) => all[number]?.finding ?? { finding: 'unreadable' },
    find: async ({ check, finding, text, prefix }) =>
      Uint32Array.from(
        all.flatMap((one, index) =>
          one !== undefined &&
          one.id === check &&
          (finding === undefined || one.finding.finding === finding) &&
          (text === undefined || JSON.stringify(one.finding).includes(text)) &&
          (prefix === undefined || (one.finding.key ?? '').startsWith(prefix))
            ? [index]
            : [],
        ),
      ),
    group: async () => [],
    incomplete: () => undefined,
    close: async () => {},
  }
}
export async function exportFindings(_: ExportRequest, __: unknown): Promise<string> {
  void compareKeys
  void keyFromJson
  return 'exported'
}
