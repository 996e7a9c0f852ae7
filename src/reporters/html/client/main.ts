/**
 * The script of the page: bundled into `../assets.ts` by `npm run generate`. The page says all without it; this adds search,
 * filters, lists of all findings, copying. Data becomes text content and nothing else.
 */
import type { PageIndex } from '../record.js'
import { startChecks } from './checks.js'
import { startCopying } from './copy.js'
import { mountExplorer } from './explorer.js'
import { createRows } from './rows.js'
import { startTheme } from './theme.js'

const index = JSON.parse(document.getElementById('index')?.textContent ?? '{"checks":[]}') as PageIndex
const rows = createRows(index)

startTheme()
startCopying()
startChecks()

// Lists are made when they come in sight: a hundred thousand findings are read only by who looks at them.
const seen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue
      seen.unobserve(target)
      mountExplorer(target as HTMLElement, index, rows)
    }
  },
  { rootMargin: '300px' },
)
for (const place of document.querySelectorAll('.explorer')) seen.observe(place)
