import { ConfigError, loadConfig } from './config.ts'

/** The problems with an environment: a line each, without the indentation. */
export function problems(env: Record<string, string>): string[] {
  try {
    loadConfig(env)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim())
  }
}
