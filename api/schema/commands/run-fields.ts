/** The field `refusal` of a run. */
export const refusalField = {
  nullable: true as const,
  description: 'Why the run did nothing, as its command was told; null when it was not refused.',
}
