import { format, resolveConfig } from 'prettier'

/** The text of a generated page as Prettier formats it, so that a test can compare it with the file. */
export async function generatedPage(file: string, parts: readonly string[]): Promise<string> {
  return await format(parts.join('\n'), { ...(await resolveConfig(file)), filepath: file })
}

/** A table of Markdown. */
export const markdownTable = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  `${[header, header.map(() => '-'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`
