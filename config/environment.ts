import { type Config, ConfigError, loadConfig } from './config.ts'

/** The configuration of this process. When the environment is wrong, says everything that is and ends the process. */
export function loadProcessConfig(): Config {
  try {
    return loadConfig(process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    console.error(error.message)
    process.exit(1)
  }
}
