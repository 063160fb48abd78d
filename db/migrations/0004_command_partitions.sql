-- A command may be for several partitions.
alter table control_event
  alter column partition type integer[] using case when partition is null then null else array[partition] end;
alter table control_event rename column partition to partitions; -- null: the whole topic
