/** The page as its reader has it: opened from a file by a real browser. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migration } from '../../fixtures/reporters/migration.js'
import type { RunEvent } from '../../src/engine/events.js'
import { MOST_FINDINGS } from '../../src/reporters/html/findings.js'
import { reporters } from '../../src/reporters/index.js'
import { CHROMIUM, startBrowser, type TestBrowser } from '../support/chromium.js'
import { serverOrSkip } from '../support/require-server.js'
import { HOSTILE, hostileRun } from './hostile-page.js'
import { recorded, render } from './support.js'

const create = await reporters.html.load()
const html = (events: readonly RunEvent[]): Promise<string> => render(events, create)
const checks = (page: Page) => page.locator('details.check:visible .id').allTextContents()
const UPLOADS = '#check-1 .explorer'

serverOrSkip('chromium', CHROMIUM !== undefined)('in Chromium', () => {
  let browser: TestBrowser
  beforeAll(async () => {
    browser = await startBrowser()
  })
  afterAll(() => browser.close())

  const shop = async (findings = 300, options?: Parameters<TestBrowser['open']>[1]) =>
    browser.open(await html([...migration(findings)]), options)

  describe('text that tries to be a script', () => {
    it('runs nothing, asks for nothing, and is there to read', async () => {
      const { page, requests, complaints } = await browser.open(await html(hostileRun()))
      await page.getByRole('button', { name: 'Open all' }).click()
      for (const place of await page.locator('.explorer').all()) await place.scrollIntoViewIfNeeded()
      const list = page.locator('#check-2').getByRole('listbox')
      await list.focus()
      await list.press('ArrowDown')
      await page.getByLabel('Search checks').fill(HOSTILE.slice(0, 20))
      await page.mouse.move(300, 300)
      expect(await page.evaluate('window.owned')).toBeUndefined()
      expect(requests).toEqual([])
      expect(complaints).toEqual([])
      expect(await page.locator('h3.id').first().textContent()).toContain('</script><script>window.owned=1</script>')
      expect(await page.locator('#check-2 .detail pre').textContent()).toContain('\\u202e\\x00\\x1b]0;owned')
      expect(await page.locator('script:not([type])').count()).toBe(1)
    })

    it('would be stopped even if it became an element', async () => {
      const whole = await html(recorded('mixed'))
      const broken = whole.replace(
        '<main>',
        '<main><script>window.owned=1</script><img src=x onerror="window.owned=1">',
      )
      const { page, complaints } = await browser.open(broken)
      expect(await page.evaluate('window.owned')).toBeUndefined()
      expect(complaints.join()).toContain('Content Security Policy')
    })
  })

  describe('the list of checks', () => {
    it('is filtered by outcome, owner and text, and says how many are left', async () => {
      const { page } = await shop()
      await page.getByRole('button', { name: 'error 1' }).click()
      await page.getByRole('button', { name: 'blocked 1' }).click()
      expect(await checks(page)).toEqual(['media-in-bucket', 'thumbnails-in-bucket'])
      expect(await page.locator('#filter [role=status]').textContent()).toBe('2 of 8')
      await page.getByRole('button', { name: 'error 1' }).click()
      await page.getByRole('button', { name: 'blocked 1' }).click()
      await page.getByLabel('Owner').selectOption('team-ops')
      expect(await checks(page)).toEqual(['data-disk'])
      await page.getByLabel('Search checks').fill('uploads')
      expect(await checks(page)).toEqual([])
      expect(await page.getByText('No check is like that.').isVisible()).toBe(true)
    })

    it('is worked with keys alone', async () => {
      const { page } = await shop()
      await page.keyboard.press('/')
      await page.keyboard.type('orders')
      expect(await checks(page)).toEqual(['orders-rows'])
      const check = page.locator('#check-0')
      await check.locator('summary').focus()
      await page.keyboard.press('Enter')
      expect(await check.getByText('Where it stands').isVisible()).toBe(true)
      await page.keyboard.press('Enter')
      expect(await check.getByText('Where it stands').isVisible()).toBe(false)
    })

    it('opens the check that a link names', async () => {
      const { page } = await shop(300, { hash: '#check-4' })
      expect(await page.locator('#check-4').getAttribute('open')).toBe('')
      await page.locator('.actions').getByRole('link', { name: 'thumbnails-in-bucket' }).click()
      expect(await page.locator('#check-3').getAttribute('open')).toBe('')
    })
  })

  describe('the findings of a check', () => {
    it('are searched and filtered by class', async () => {
      const { page } = await shop()
      const explorer = page.locator(UPLOADS)
      await explorer.scrollIntoViewIfNeeded()
      expect(await explorer.getByRole('status').textContent()).toBe('300 of 300')
      await explorer.getByRole('button', { name: 'orphaned 33' }).click()
      expect(await explorer.getByRole('status').textContent()).toBe('33 of 300')
      await explorer.getByLabel('Search findings').fill('0000299')
      expect(await explorer.getByText('No finding is like that.').isVisible()).toBe(true)
      await explorer.getByRole('button', { name: 'orphaned 33' }).click()
      expect(await explorer.getByRole('status').textContent()).toBe('1 of 300')
      expect(await explorer.getByRole('option').first().textContent()).toContain('0000299.pdf')
    })

    it('are gone through with keys, and one is shown in full', async () => {
      const { page } = await shop()
      const explorer = page.locator(UPLOADS)
      await explorer.scrollIntoViewIfNeeded()
      await explorer.getByLabel('Search findings').press('ArrowDown')
      await page.keyboard.press('End')
      expect(await explorer.getByRole('option', { selected: true }).getAttribute('aria-posinset')).toBe('300')
      expect(await explorer.locator('.detail').textContent()).toContain('0000299')
      await page.keyboard.press('Home')
      expect(await explorer.locator('.detail').textContent()).toContain('can be had from old-uploads')
      await page.keyboard.press('Escape')
      expect(await explorer.locator('.detail').isVisible()).toBe(false)
    })

    it('are copied: the keys that are left, one a line, and one key alone', async () => {
      const { page } = await shop(300, { permissions: ['clipboard-read', 'clipboard-write'] })
      const explorer = page.locator(UPLOADS)
      await explorer.scrollIntoViewIfNeeded()
      const clipboard = () => page.evaluate('navigator.clipboard.readText()')
      await explorer.getByLabel('Search findings').fill('-000029')
      await explorer.getByRole('button', { name: 'Copy keys' }).click()
      await explorer.getByText('Copied 10').waitFor()
      expect(String(await clipboard()).match(/^20\d\d\/\d\d\/\w+-000029\d\.\w+$/gm)).toHaveLength(10)
      await explorer.getByRole('option').first().click()
      await explorer.getByRole('button', { name: 'Copy key', exact: true }).click()
      await explorer.getByText('Copied', { exact: true }).waitFor()
      expect(await clipboard()).toMatch(/^20\d\d\/\d\d\/\w+-0000290\.\w+$/)
    })

    it('are copied without what a terminal would obey', async () => {
      const [start, ...rest] = recorded('mixed')
      const hostile = ['plain.txt', 'two\nlines', '\u001b[31mred'].map(
        (key) =>
          ({ v: 1, type: 'check:finding', id: 'uploads-on-disk', finding: { finding: 'unreadable', key } }) as const,
      )
      const end = rest.findIndex((event) => event.type === 'check:end' && event.id === 'uploads-on-disk')
      const events = [start!, ...rest.slice(0, end), ...hostile, ...rest.slice(end)]
      const { page } = await browser.open(await html(events), { permissions: ['clipboard-read', 'clipboard-write'] })
      const explorer = page.locator('#check-2 .explorer')
      await explorer.scrollIntoViewIfNeeded()
      await explorer.getByRole('button', { name: 'unreadable 3' }).click()
      await explorer.getByRole('button', { name: 'Copy keys' }).click()
      await explorer.getByText('Copied 1, not 2 with hidden characters').waitFor()
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe('plain.txt\n')
      await explorer.getByRole('option').nth(2).click()
      await explorer.getByRole('button', { name: 'Copy key', exact: true }).click()
      await explorer.getByText('Copied as JSON').waitFor()
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe('"\\u001b[31mred"')
    })
  })

  it('shows a hundred thousand findings with some rows, and finds one of them', async () => {
    const { page } = await shop(MOST_FINDINGS)
    const explorer = page.locator('#all-findings .explorer')
    await explorer.scrollIntoViewIfNeeded()
    expect(await explorer.getByRole('status').textContent()).toBe('100,000 of 100,000')
    expect(await page.getByRole('option').count()).toBeLessThan(100)
    await explorer.getByRole('listbox').press('End')
    expect(await explorer.locator('.detail').textContent()).toContain('0099999')
    await explorer.getByLabel('Search findings').fill('0054321')
    expect(await explorer.getByRole('status').textContent()).toBe('1 of 100,000')
  })

  it('prints what does not pass, with its first findings and without what is to be clicked', async () => {
    const { page } = await shop()
    await page.locator(UPLOADS).scrollIntoViewIfNeeded()
    await page.getByRole('status').first().waitFor({ state: 'attached' })
    await page.emulateMedia({ media: 'print' })
    await page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(await page.locator('button:visible, input:visible, select:visible').count()).toBe(0)
    expect(await page.locator('#check-1 .sample').isVisible()).toBe(true)
    expect(await page.locator('#check-1 .sample').textContent()).toContain('findings/uploads-on-disk.ndjson')
    expect(await page.locator('#check-4').getByText('since_last: same').first().isVisible()).toBe(true)
    await page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(await page.locator('#check-4').getAttribute('open')).toBeNull()
    expect((await page.pdf()).length).toBeGreaterThan(10_000)
  })

  it('is light or dark as the system is, or as its reader wants it', async () => {
    const { page } = await shop(300, { colorScheme: 'dark' })
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const dark = await ground()
    await page.emulateMedia({ colorScheme: 'light' })
    const light = await ground()
    expect(light).not.toBe(dark)
    await page.getByRole('button', { name: 'Theme' }).click()
    await page.getByRole('button', { name: 'Theme: light' }).click()
    expect(await ground()).toBe(dark)
  })

  it('says all it has to say without its script', async () => {
    const { page } = await shop(300, { javaScriptEnabled: false })
    expect(await page.locator('h1').textContent()).toContain('Not passed')
    expect(await page.locator('#check-1 .sample').isVisible()).toBe(true)
    expect(await page.locator('button:visible').count()).toBe(0)
  })

  it('fits a narrow screen: nothing is wider than it', async () => {
    const { page } = await shop(300, { viewport: { width: 390, height: 800 } })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
  })
})
