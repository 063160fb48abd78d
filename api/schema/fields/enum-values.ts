/** The text with a capital first letter, as names of types have. */
export const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** The values of an enum for Pothos: each name of the domain in capitals, with its description. */
export const capitals = <V extends string>(descriptions: Record<V, string>) =>
  Object.fromEntries(
    Object.entries<string>(descriptions).map(([value, description]) => [
      value.toUpperCase(),
      { value, description },
    ]),
  ) as Record<Uppercase<V>, { value: V; description: string }>
