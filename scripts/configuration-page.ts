import { z } from 'zod'
import { settingGroups, settings } from '../config/settings.ts'
import { generatedPage, markdownTable } from './generated-page.ts'

const property = z.object({
  accepts: z.string(),
  description: z.string(),
  default: z.string().default(''),
})
const inputs = z.object({ properties: z.record(z.string(), property) })

const intro = `# Configuration

<!-- Made by \`npm run configuration\` from config/settings.ts; change it there. -->

Rollcall reads its settings from environment variables. A variable that is unset or empty takes its default. Worker, API,
generator and scripts all read the same ones.

- Every process checks the whole environment when it starts. If something is wrong, it lists every problem and exits with
  code 1. It never prints a value, because that may hold a password.
- A variable whose name looks like a misspelt setting is named with the setting it resembles.
- \`npm start\` and \`npm run stack\` bring up Kafka, Temporal and Postgres themselves. Set \`KAFKA_BROKERS\`,
  \`TEMPORAL_ADDRESS\` or \`DATABASE_URL\` to use a service of your own instead.
- \`docker compose up\` takes its ports and most settings from its environment or from a file \`.env\`;
  [\`.env.example\`](../.env.example) lists them. \`docker-compose.yml\` sets the addresses of its services and their listeners
  itself. No other command reads \`.env\`.
- The three topics must be different. Two names that differ only in \`.\` and \`_\` count as the same, as they do in Kafka.
`

/**
 * Makes the text of docs/configuration.md: every setting with its default, the values that it accepts and its
 * meaning.
 */
export async function configurationPage(file: string): Promise<string> {
  const { properties } = inputs.parse(z.toJSONSchema(settings, { io: 'input' }))
  const sections = Object.entries(settingGroups).map(
    ([title, names]) => `## ${title}\n\n${table(names, properties)}`,
  )
  return await generatedPage(file, [intro, ...sections])
}

function table(names: string[], properties: Record<string, z.infer<typeof property>>): string {
  const rows = names.map((name) => {
    const { accepts, description, default: fallback } = property.parse(properties[name])
    return [`\`${name}\``, fallback === '' ? 'none' : `\`${fallback}\``, accepts, description]
  })
  return markdownTable(['Setting', 'Default', 'Accepts', 'Meaning'], rows)
}
