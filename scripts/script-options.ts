/**
 * Whether a script was given an option, such as `--tls`. npm keeps for itself what stands before `--`, and runs the script without it.
 * @param env what npm hands on: `npm_config_tls` for `npm run stack --tls`
 * @throws {Error} npm kept it; the message says how to write it
 */
export function hasOption(
  name: string,
  given: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (given.includes(`--${name}`)) return true
  if (env[`npm_config_${name}`] === undefined) return false
  const script = env['npm_lifecycle_event'] ?? 'script'
  throw new Error(`npm keeps --${name} for itself: write npm run ${script} -- --${name}`)
}
