import type { Locator, Page } from 'playwright-core'
import { inject } from 'vitest'

/** Temporal's Web UI as an operator uses it: by what is written on its buttons. What cannot be done says at which click. */
export type WebUi = {
  openList: (query: string) => Promise<void>
  /** Ids of the workflows in the list, sorted; waits until there are that many. */
  listed: (count: number) => Promise<string[]>
  /** From the list, by a click on the workflow's id. */
  openIndexed: (workflowId: string) => Promise<void>
  /** By its address. */
  openWorkflow: (workflowId: string) => Promise<void>
  /** The text under User Metadata → Current Details, once it contains this. */
  currentDetails: (containing: string) => Promise<string>
  /** Fills in More Actions → Send an Update. */
  fillUpdate: (update: string, reason?: string) => Promise<void>
  /** Submits it. Returns why it failed, with the form still open, or null once it has succeeded. */
  submitUpdate: () => Promise<string | null>
  closeUpdate: () => Promise<void>
  tick: (workflowIds: string[]) => Promise<void>
  /** Of what is ticked: Reset → First Workflow task, up to the last click. */
  fillReset: (reason: string) => Promise<void>
  submitReset: () => Promise<void>
}

export function webUiOn(page: Page): WebUi {
  const dialog = (name: string) => page.getByRole('dialog', { name })
  const updateDialog = dialog('Send an Update')
  const resetDialog = dialog('Reset Workflows')
  const batchLinks = page
    .getByRole('table', { name: 'Workflows' })
    .getByRole('link', { name: /^login-batch/ })
  const total = (text: RegExp) => page.getByRole('status').filter({ hasText: text })
  const address = (path: string) => `${inject('temporalUi')}/namespaces/default/workflows${path}`

  const fillUpdate: WebUi['fillUpdate'] = async (update, reason) => {
    await page.getByRole('button', { name: 'More Actions' }).click()
    await page.getByRole('menuitem', { name: 'Send an Update' }).click()
    await updateDialog.getByRole('button', { name: 'Select an Update' }).click()
    await updateDialog.getByRole('option', { name: new RegExp(`^${update}\\b`) }).click()
    if (reason !== undefined)
      await updateDialog.getByRole('textbox', { name: 'Data' }).fill(JSON.stringify(reason))
  }

  return {
    openList: (query) =>
      step(page, `open the list ${query}`, async () => {
        await page.goto(address(`?query=${encodeURIComponent(query)}`))
        await total(/^\d+ Workflows?$/).waitFor()
      }),
    listed: (count) =>
      step(page, `see ${count} workflows listed`, async () => {
        await total(new RegExp(`^${count} Workflows?$`)).waitFor()
        if (count > 0) await batchLinks.nth(count - 1).waitFor()
        return (await batchLinks.allInnerTexts()).sort()
      }),
    openIndexed: (workflowId) =>
      step(page, `click on ${workflowId} in the list`, async () => {
        await page.getByRole('link', { name: workflowId, exact: true }).click()
        await page.getByRole('heading', { name: workflowId }).waitFor()
      }),
    openWorkflow: (workflowId) =>
      step(page, `open ${workflowId}`, async () => {
        await page.goto(address(`/${encodeURIComponent(workflowId)}`))
        await page.getByRole('heading', { name: workflowId }).waitFor()
      }),
    currentDetails: (containing) =>
      step(page, `read "${containing}" under User Metadata → Current Details`, async () => {
        await page.getByRole('tab', { name: 'User Metadata' }).click()
        await page.getByRole('heading', { name: 'Current Details' }).waitFor()
        return await textInFrames(page, containing)
      }),
    fillUpdate: (update, reason) =>
      step(page, `fill in More Actions → Send an Update → ${update}`, () => fillUpdate(update, reason)),
    submitUpdate: () => step(page, 'submit the update and see its answer', () => submitted(updateDialog)),
    closeUpdate: () =>
      step(page, 'close the form of the update', async () => {
        await updateDialog.getByRole('button', { name: 'Cancel' }).last().click()
        await updateDialog.waitFor({ state: 'hidden' })
      }),
    tick: (workflowIds) =>
      step(page, `tick ${workflowIds.join(', ')}`, async () => {
        for (const id of workflowIds) {
          const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: id, exact: true }) })
          // The box itself is invisible, under a drawn one.
          await row.getByRole('checkbox').check({ force: true })
        }
      }),
    fillReset: (reason) =>
      step(page, 'fill in Reset → First Workflow task', async () => {
        await page.getByRole('button', { name: 'Reset', exact: true }).click()
        await resetDialog.getByRole('textbox', { name: 'Reason' }).fill(reason)
        await resetDialog.getByRole('radio', { name: 'First Workflow task' }).check({ force: true })
      }),
    submitReset: () =>
      step(page, 'confirm the reset', async () => {
        await resetDialog.getByRole('button', { name: 'Reset' }).click()
        await resetDialog.waitFor({ state: 'hidden' })
      }),
  }
}

/** @throws saying what could not be done, and what the page shows instead */
async function step<T>(page: Page, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const shown = await page
      .getByRole('main')
      .innerText()
      .catch(() => 'nothing')
    throw new Error(`could not ${what} at ${page.url()}: ${String(cause)}\nThe page shows:\n${shown}`, {
      cause,
    })
  }
}

/** The dialog goes away when the update has succeeded, and shows an alert when it has failed. */
async function submitted(dialog: Locator): Promise<string | null> {
  await dialog.getByRole('button', { name: 'Submit' }).click()
  const alert = dialog.getByRole('alert').getByRole('paragraph')
  await Promise.race([alert.waitFor(), dialog.waitFor({ state: 'hidden' })])
  return (await dialog.isVisible()) ? await alert.innerText() : null
}

/** The Web UI renders Markdown in frames of their own. */
async function textInFrames(page: Page, containing: string): Promise<string> {
  const body = page.locator('iframe').last().contentFrame().locator('body')
  await body.filter({ hasText: containing }).waitFor()
  return await body.innerText()
}
