-- A user, device or address is found by its number, too, because its global id is made of it (api/context/global-id.ts). Numbers are
-- given out in order, so an index on them grows at its end.
create unique index app_user_number on app_user (number);
create unique index device_number on device (number);
create unique index address_number on address (number);
