/** Debian's Chromium, driven through playwright-core: opens pages from files, and sees what they try. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

export const CHROMIUM = PLACES.find((path) => existsSync(path))

/** Without a sandbox it runs as root too; and it is told to ask nothing of the network. */
export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface Opened {
  readonly page: Page
  /** Addresses the page asked for, besides its own. */
  readonly requests: readonly string[]
  /** Dialogs, errors, and what the console was told. */
  readonly complaints: readonly string[]
}

export interface TestBrowser {
  readonly open: (html: string, options?: BrowserContextOptions & { readonly hash?: string }) => Promise<Opened>
  readonly close: () => Promise<void>
}

export async function startBrowser(): Promise<TestBrowser> {
  const directory = mkdtempSync(join(tmpdir(), 'postflight-test-'))
  const browser: Browser = await chromium.launch({
    ...(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM }),
    args: FLAGS,
  })
  let pages = 0
  return {
    open: async (html, { hash = '', ...options } = {}) => {
      const path = join(directory, `${pages++}.html`)
      writeFileSync(path, html)
      const page = await (await browser.newContext(options)).newPage()
      page.setDefaultTimeout(15_000)
      const requests: string[] = []
      const complaints: string[] = []
      const own = pathToFileURL(path).href
      page.on('request', (request) => {
        if (request.url().split('#')[0] !== own) requests.push(request.url())
      })
      page.on('dialog', (dialog) => {
        complaints.push(`a dialog: ${dialog.message()}`)
        void dialog.dismiss()
      })
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('console', (message) => complaints.push(message.text()))
      await page.goto(`${own}${hash}`)
      return { page, requests, complaints }
    },
    close: async () => {
      await browser.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
