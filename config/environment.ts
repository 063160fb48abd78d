import { type Config, ConfigError, loadConfig, settingNames } from './config.ts'
import { type SetSetting, setSettings } from './set-settings.ts'
import { misspeltSettings } from './misspelt.ts'

/**
 * Reads the configuration of this process. Prints a line for each variable that looks like a misspelt
 * setting. If a setting is wrong, it prints every problem and ends the process with exit code 1.
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

/** The settings that this process was given. */
export const givenSettings = (): Map<string, SetSetting> => setSettings(process.env, settingNames)

/** The folder in which the user typed the command; npm itself runs scripts in the folder of the project. */
export const userFolder = (): string => process.env['INIT_CWD'] ?? process.cwd()
