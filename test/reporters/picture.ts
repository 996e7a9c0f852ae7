/** `npm run picture`: takes the picture of the HTML report that the docs show. */
import { join } from 'node:path'
import { migration } from '../../fixtures/reporters/migration.js'
import { reporters } from '../../src/reporters/index.js'
import { startBrowser } from '../support/chromium.js'
import { render } from './support.js'

const PICTURE = join(import.meta.dirname, '../../docs/html-report.png')

const html = await render([...migration(1200)], await reporters.html.load())
const browser = await startBrowser()
try {
  const { page } = await browser.open(html, { colorScheme: 'light', viewport: { width: 1100, height: 1200 } })
  // The first failure, with its findings, below the verdict and what is to be done.
  await page.evaluate("for (const id of ['coverage', 'changed']) document.getElementById(id).hidden = true")
  await page.locator('#check-1 .explorer').scrollIntoViewIfNeeded()
  await page.locator('#check-1').getByRole('listbox').press('ArrowDown')
  await page.evaluate('document.activeElement.blur(); window.scrollTo(0, 0)')
  const plots = await page.locator('#check-1 .plots').boundingBox()
  const height = Math.round((plots?.y ?? 0) + (plots?.height ?? 0) + 24)
  await page.screenshot({ path: PICTURE, fullPage: true, clip: { x: 0, y: 0, width: 1100, height } })
} finally {
  await browser.close()
}
