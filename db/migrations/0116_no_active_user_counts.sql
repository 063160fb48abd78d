-- How many were active, new and returning in a day, week or month is counted from bitmaps, or looked up among spans that are made
-- (active_span): those are of any time zone.

drop table active_user_count;
