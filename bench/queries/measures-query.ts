/** A question for measures. `more`: its arguments beside the range, the zone and the filter. */
export const measuresQuery = (name: string, more: string, selection: string): string => `
  query ${name}($from: Moment, $to: Moment, $timeZone: String, $filter: AttemptFilter) {
    answer: measures(from: $from, to: $to, timeZone: $timeZone, filter: $filter${more}) {
      ${selection} freshness { databaseRole watermark lag isComplete }
    }
  }`
