import { accessSync, constants, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import packagedChromium from '@sparticuz/chromium'
import { chromium, type Page } from 'playwright-core'
import { inject, onTestFinished } from 'vitest'
import { once } from '../../../stack/parts/downloads.ts'
import { partsFolder } from '../../../stack/stack.ts'

/** A name of this machine, which browsers do not trust as they trust loopback. */
export const NAMED_HOST = 'rollcall.test'

/** Enough for a table with its run ids; the runbook's pictures have this size. */
const VIEWPORT = { width: 1200, height: 700 }
/** A click on the Web UI takes milliseconds; this is for a machine that has other things to do as well. */
const ACTION_TIMEOUT_MS = 30_000

const reportsFolder = fileURLToPath(new URL('../../../.rollcall/reports', import.meta.url))

/**
 * A page of a headless Chromium that reaches nothing but loopback. It is closed when the test ends; when the test has
 * failed, what the page showed is kept in .rollcall/reports/.
 */
export async function openPage(options: { ignoreHTTPSErrors?: boolean } = {}): Promise<Page> {
  const { executablePath, environment } = await findBrowser()
  const profile = mkdtempSync(join(inject('runFolder'), 'browser-'))
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    ...options,
    viewport: VIEWPORT,
    timezoneId: 'UTC',
    locale: 'en-US',
    args: [
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      `--host-resolver-rules=MAP ${NAMED_HOST} 127.0.0.1 , MAP * ~NOTFOUND , EXCLUDE 127.0.0.1`,
    ],
    // What the browser itself keeps under the user's home is part of the profile.
    env: { ...environment, PATH: process.env['PATH'], HOME: profile, TMPDIR: profile },
  })
  const page = browser.pages()[0] ?? (await browser.newPage())
  page.setDefaultTimeout(ACTION_TIMEOUT_MS)
  onTestFinished(async ({ task }) => {
    try {
      if (task.result?.state === 'fail') await keepPicture(page, task.name)
    } finally {
      await browser.close()
      rmSync(profile, { recursive: true, force: true })
    }
  })
  return page
}

async function keepPicture(page: Page, testName: string): Promise<void> {
  const name = testName.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 80)
  const path = join(reportsFolder, `${name}.png`)
  mkdirSync(reportsFolder, { recursive: true })
  await page.screenshot({ path })
  console.error(`what the page showed: ${path}`)
}

type Browser = { executablePath: string; environment: Record<string, string> }

/** The browser that CHROMIUM_PATH names, or one that is installed, or the one that comes as a package for Linux on x64. */
async function findBrowser(): Promise<Browser> {
  const named = process.env['CHROMIUM_PATH']
  if (named) {
    if (!isExecutable(named)) throw new Error(`CHROMIUM_PATH names ${named}, which is no program`)
    return { executablePath: named, environment: {} }
  }
  const installed = installedBrowsers().find(isExecutable)
  if (installed !== undefined) return { executablePath: installed, environment: {} }
  if (process.platform === 'linux' && process.arch === 'x64') return await unpackedBrowser()
  throw new Error(
    'these tests click through the Temporal Web UI and need a browser: install Google Chrome or Chromium, or set CHROMIUM_PATH',
  )
}

const installedBrowsers = (): string[] => [
  ...(process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) =>
      ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser'].map((name) =>
        join(folder, name),
      ),
    ),
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Unpacked once for all runs of this clone. */
async function unpackedBrowser(): Promise<Browser> {
  const { version } = JSON.parse(
    readFileSync(new URL('../../../node_modules/@sparticuz/chromium/package.json', import.meta.url), 'utf8'),
  ) as { version: string }
  const folder = await once(join(partsFolder, `chromium-${version}`), unpackInto)
  // Brings fonts for machines that have none.
  return { executablePath: join(folder, 'chromium'), environment: { XDG_DATA_HOME: folder } }
}

/** The package unpacks into the folder for temporary files and takes whatever it finds there for its own. */
async function unpackInto(folder: string): Promise<void> {
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = folder
  try {
    await packagedChromium.executablePath()
  } finally {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  }
}
