// What somebody tries who has taken over a role of Postgres.

/** A public key that somebody plants. */
export function keyOf(holder: 'api' | 'worker', valid = '1 day'): string {
  return `insert into command_key values ('planted', '${holder}', '', now(), now() + interval '${valid}')`
}
/** The whole audit, behind a checkpoint that fits. */
export const pruneAll = `
  select prune_audit(json_build_object('id', 'c' || seq, 'kind', 'checkpoint', 'actor', null, 'result', 'done',
                                       'at', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                                       'detail', json_build_object('seq', seq, 'hash', hash))::text)
  from audit_event order by seq desc limit 1`
