/** The part of pino's interface that the API uses. */
export type Logger = {
  error(fields: object, message: string): void
  warn(fields: object, message: string): void
  info(fields: object, message: string): void
}
