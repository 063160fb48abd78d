/** Settings whose values nobody may see, by the endings of their names. Files are named by paths, which are no secrets. */
const SECRET = /(PASSWORD|SECRET|KEY|TOKEN|CREDENTIAL|OTLP_HEADER)S?$/

/** A setting as it was given; a secret only says that it was. */
export type SetSetting = { value: string; isSecret: boolean }

/**
 * The settings that an environment gives, for who must see what was changed. A URL with a password is a secret.
 * @param names of all settings
 */
export function setSettings(
  env: Record<string, string | undefined>,
  names: readonly string[],
): Map<string, SetSetting> {
  const given = new Map<string, SetSetting>()
  for (const name of names) {
    const value = env[name]
    if (value === undefined || value === '') continue
    const isSecret = SECRET.test(name) || HAS_PASSWORD.test(value)
    given.set(name, { value, isSecret })
  }
  return given
}

/** A URL with a password, anywhere in a text. */
const HAS_PASSWORD = /:\/\/[^\s/@]*:[^\s/@]+@|[?&]password=/
