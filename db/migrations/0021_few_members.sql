-- A bitmap that is kept as it is takes a page of 8 KiB for its first member: a lone event of a day took three of them, with
-- its week and month nine. Bitmaps of few are packed, in a column beside the other (db/rollups/bitmap-columns.ts). Whoever reads
-- takes the views, in which each bitmap has its members whichever column they are in.
alter table engagement rename to engagement_chunk;
alter table engagement_chunk rename constraint engagement_pkey to engagement_chunk_pkey;
alter table engagement_chunk
  alter column members drop not null,
  add column few_members bit(32768),
  add constraint engagement_chunk_members check (num_nonnulls(members, few_members) = 1);
alter table engagement_by_value alter column members drop not null; -- had it before it was a partition

alter table six_hour_member rename to six_hour_chunk;
alter table six_hour_chunk rename constraint six_hour_member_pkey to six_hour_chunk_pkey;
alter table six_hour_chunk
  alter column members drop not null,
  add column few_members bit(32768),
  add constraint six_hour_chunk_members check (num_nonnulls(members, few_members) = 1);

update engagement_of_all set members = null, few_members = members where bit_count(members) <= 64;
update six_hour_chunk set members = null, few_members = members where bit_count(members) <= 64;

create view engagement as
  select kind, period, facet, value, start, chunk, coalesce(members, few_members) as members from engagement_chunk;
create view six_hour_member as
  select kind, start, chunk, coalesce(members, few_members) as members from six_hour_chunk;
