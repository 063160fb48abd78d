/** As the name of a type begins. */
export const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** Description of every value of `V`, by its name in the domain; in GraphQL it is in capitals. */
export const capitals = <V extends string>(descriptions: Record<V, string>) =>
  Object.fromEntries(
    Object.entries<string>(descriptions).map(([value, description]) => [
      value.toUpperCase(),
      { value, description },
    ]),
  ) as Record<Uppercase<V>, { value: V; description: string }>
