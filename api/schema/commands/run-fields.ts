/** For the field of a run that says why it was refused. */
export const refusalField = {
  nullable: true as const,
  description: 'Why the run did nothing, as its command was told; null when it was not refused.',
}
