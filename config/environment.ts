import { type Config, ConfigError, loadConfig, settingNames } from './config.ts'
import { misspeltSettings } from './misspelt.ts'

/**
 * The configuration of this process. Says which variables look like misspelt settings. When the environment is wrong, says
 * everything that is and ends the process.
 */
export function loadProcessConfig(): Config {
  for (const line of misspeltSettings(process.env, settingNames)) console.error(line)
  try {
    return loadConfig(process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    console.error(error.message)
    process.exit(1)
  }
}

/** The folder in which the user typed the command: npm runs scripts in the project's. */
export const userFolder = (): string => process.env['INIT_CWD'] ?? process.cwd()
