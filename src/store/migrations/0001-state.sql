-- The engine's durable collections, one row a key. `value` is the JSON of the record in src/core/state/types.ts.
create table entity (
  collection text not null,
  key text not null,
  value text not null,
  primary key (collection, key)
) strict, without rowid;

-- Rows that could not be read back, as they were found. Nothing deletes them.
create table quarantine (
  id integer primary key autoincrement,
  collection text not null,
  key text not null,
  value any,
  reason text not null,
  found_wall_ms real not null
) strict;

-- What was told, oldest first by id. Times are reals because the monotonic clock has fractions of a millisecond.
create table event (
  id integer primary key autoincrement,
  wall_ms real not null,
  boot_id text not null,
  mono_ms real not null,
  code text not null,
  severity text not null,
  host text,
  device text,
  outlet text,
  intent text,
  guards text,
  sentence text not null
) strict;

create index event_by_host on event (host, id) where host is not null;
create index event_by_code on event (code, id);
