import { expect, onTestFinished, test } from 'vitest'
import { boards } from '../../dashboards/boards.ts'
import { whyNoDebianPackages } from '../../stack/parts/debian-packages.ts'
import { HOST } from '../../stack/processes/ports.ts'
import { graphqlOf } from '../support/api/graphql-client.ts'
import { eventually } from '../support/eventually.ts'
import { startMeasuredWorld } from '../support/metrics/measured-world.ts'
import { filledIn } from '../support/monitoring/filled-in.ts'
import { monitor } from '../support/monitoring/monitored.ts'

const whyNot = whyNoDebianPackages()

/** Panels that have nothing to show while all is well, and why. */
const empty: Readonly<Record<string, string>> = {
  'Differences found': 'the first reconciliation comes minutes after the start',
  'Since the last reconciliation': 'the first one comes minutes after the start',
  'Audit chain intact': 'the first check comes an hour after the start',
  'Since the last check of the audit': 'the first one comes an hour after the start',
  'Alerts that fire': 'none fires',
  'Until unread records are deleted': 'everything is read',
  'Until a certificate expires': 'no wire has one',
  'Retries by dependency': 'no part was away',
  'Failures of slices': 'none failed',
  'Slices that ended': 'one holds its partition for longer than this test takes',
  Replays: 'nobody replayed anything',
  'Tasks of upkeep that fail': 'none failed',
  'Refusals by code': 'nobody was refused',
  'Refused by a limit': 'nobody came too often',
  'Sign-ins': 'nobody signed in',
  'Events of the audit': 'nothing was recorded',
  'Rejects by reason': 'every record could be read',
}

test.skipIf(whyNot !== null)(
  `the Prometheus that scrapes a site answers every query of the dashboards with a sample${whyNot === null ? '' : ` (${whyNot})`}`,
  async () => {
    const world = await startMeasuredWorld()
    onTestFinished(world.close)
    const { ports } = world
    const { query } = await monitor({
      'rollcall-api': [`${HOST}:${ports.api}`],
      'rollcall-worker': [`${HOST}:${ports.worker}`],
      'rollcall-temporal-sdk': [`${HOST}:${ports.temporalSdk}`],
      'rollcall-temporal': [`${HOST}:${ports.temporal}`],
      'rollcall-postgres': [`${HOST}:${ports.postgres}`],
      'rollcall-kafka': [`${HOST}:${ports.kafka}`],
    })
    const queries = boards.flatMap((board) =>
      board.rows.flatMap(({ panels }) =>
        panels.flatMap(({ title, queries: ofPanel }) =>
          ofPanel.map(({ expression }) => ({
            title,
            where: `${board.name}, ${title}: ${expression}`,
            expression,
          })),
        ),
      ),
    )
    const ask = await graphqlOf(world.api)
    await eventually(async () => {
      await ask('{ ingestion { lag } }')
      const silent: string[] = []
      for (const { title, where, expression } of queries)
        if (!(title in empty) && (await query(filledIn(expression))).length === 0) silent.push(where)
      expect(silent).toEqual([])
    })
    const titles = new Set(queries.map(({ title }) => title))
    expect(Object.keys(empty).filter((title) => !titles.has(title))).toEqual([])
  },
)
