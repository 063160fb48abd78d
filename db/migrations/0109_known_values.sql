-- Which values dimensions without a closed list ever had: filters are resolved to lists of them before counts are read
-- (api/questions/resolve-filter.ts). A rollup adds those of the counts that it adds (db/rollups/known-values.ts); what is not rolled
-- up yet has more. Counts by hour are kept for ever, so no value goes.
create table dimension_value (
  dimension text not null,            -- its column in the tables of counts
  value text not null,
  primary key (dimension, value)
);

-- dimension_set: 2 app version, 4 locale.
insert into dimension_value (dimension, value)
select distinct 'app_version', app_version from hour_count where dimension_set = 2
union all
select distinct 'locale', locale from hour_count where dimension_set = 4;
