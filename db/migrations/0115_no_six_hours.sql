-- Parts of days are read from the lists of their hours, of any age: those are smaller than bitmaps of everybody by six hours.

drop view six_hour_member;
drop table six_hour_chunk;
