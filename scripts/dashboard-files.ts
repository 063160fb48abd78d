import { fileURLToPath } from 'node:url'
import { boards } from '../dashboards/boards.ts'
import { grafanaDashboard } from '../dashboards/grafana.ts'
import { generatedPage } from './generated-page.ts'

export const dashboardFolder = fileURLToPath(new URL('../deploy/monitoring/dashboards/', import.meta.url))

/** What `npm run dashboards` writes, by file. */
export async function dashboardFiles(): Promise<Map<string, string>> {
  const made = boards.map(async (board): Promise<[string, string]> => {
    const file = `${dashboardFolder}${board.name}.json`
    return [file, await generatedPage(file, [JSON.stringify(grafanaDashboard(board))])]
  })
  return new Map(await Promise.all(made))
}
