-- The alert path: what came in, what became of it, and what is still to be delivered. The records are those of
-- src/core/alerts/types.ts; what is JSON here is said so. Times are wall clock milliseconds; reals, because they also
-- come from elsewhere. Flags are 0 or 1.

-- What came in and is not dispatched yet, oldest first by id. `incoming` is JSON: what came together.
create table inbox (
  id integer primary key autoincrement,
  received_ms real not null,
  incoming text not null
) strict;

-- Small, so that the inbox can be counted without its content.
create index inbox_ids on inbox (id);

create table incident (
  id integer primary key autoincrement,
  fingerprint text not null,
  source text not null,
  status text not null,
  severity text not null,
  -- JSON, as are annotations and extra.
  labels text not null,
  annotations text not null,
  extra text,
  link text,
  starts_ms real not null,
  ends_ms real,
  updated_ms real not null,
  acknowledged_by text,
  acknowledged_ms real,
  acknowledged_comment text,
  muted_by text,
  muted_by_id integer,
  muted_since_ms real,
  told integer not null,
  remind_at_ms real,
  -- When the row was made, for retention.
  made_ms real not null,
  -- Of the labels.
  host text,
  device text
) strict;

create unique index incident_firing on incident (fingerprint) where status = 'firing';
create index incident_by_fingerprint on incident (fingerprint, id);
create index incident_by_status on incident (status, id);
create index incident_own_by_host on incident (host, id)
  where status = 'firing' and source = 'own' and host is not null;
create index incident_own_by_device on incident (device, id)
  where status = 'firing' and source = 'own' and device is not null;
create index incident_muted on incident (id) where status = 'firing' and muted_by is not null;
create index incident_folded on incident (muted_by_id) where status = 'firing' and muted_by = 'inhibition';
create index incident_reminder on incident (remind_at_ms, id)
  where status = 'firing' and told = 1 and acknowledged_by is null and muted_by is null and remind_at_ms is not null;

create table timeline (
  id integer primary key autoincrement,
  incident integer not null,
  at_ms real not null,
  kind text not null,
  sentence text not null
) strict;

create index timeline_of on timeline (incident, id);

create table silence (
  id integer primary key autoincrement,
  -- JSON.
  matchers text not null,
  starts_ms real not null,
  ends_ms real not null,
  made_by text not null,
  comment text not null
) strict;

create index silence_by_end on silence (ends_ms);
create index silence_by_begin on silence (starts_ms);

-- Events that wait for a receiver. `urgency` is the severity as a number, 0 being the loudest.
create table held (
  id integer primary key autoincrement,
  receiver text not null,
  group_key text not null,
  key text not null,
  incident integer not null,
  kind text not null,
  at_ms real not null,
  urgency integer not null,
  why text not null,
  held_at_ms real not null,
  due_ms real not null
) strict;

create unique index held_once on held (key, receiver);
create index held_of on held (receiver, group_key, id);
create index held_by_incident on held (incident);

-- One row a group that has held events: the loudest, the earliest that is due, and the first of them.
create table held_group (
  receiver text not null,
  group_key text not null,
  urgency integer not null,
  due_ms real not null,
  first_id integer not null,
  primary key (receiver, group_key)
) strict, without rowid;

create index held_group_order on held_group (urgency, due_ms, first_id);
create index held_group_due on held_group (due_ms);

create table notification (
  id integer primary key autoincrement,
  receiver text not null,
  group_key text not null,
  step integer not null,
  severity text not null,
  digest integer not null,
  created_ms real not null,
  next_step_ms real,
  state text not null
) strict;

create index notification_due on notification (next_step_ms, id) where state = 'open' and next_step_ms is not null;

create table notification_event (
  id integer primary key autoincrement,
  notification integer not null,
  receiver text not null,
  incident integer not null,
  kind text not null,
  at_ms real not null,
  key text not null
) strict;

create index notification_event_of on notification_event (notification, id);
create index notification_event_by_key on notification_event (key, receiver);
create index notification_event_by_incident on notification_event (incident, notification);

-- One message for one channel. `waiting`: it is queued and was not due when last looked at, so that looking for the
-- most urgent that is due passes over those that are not.
create table delivery (
  id integer primary key autoincrement,
  notification integer not null,
  channel text not null,
  receiver text not null,
  step integer not null,
  severity text not null,
  priority integer not null,
  state text not null,
  created_ms real not null,
  due_ms real not null,
  waiting integer not null,
  expires_ms real not null,
  attempts integer not null,
  plain integer not null,
  digest integer not null,
  progress text,
  frozen text,
  error_code text,
  error_sentence text,
  delivered_ms real
) strict;

create index delivery_of on delivery (notification, id);
create index delivery_by_state on delivery (state, id);
create index delivery_by_channel on delivery (channel, state, id);
create index delivery_order on delivery (channel, waiting, priority, id) where state = 'queued';
create index delivery_due on delivery (channel, waiting, due_ms) where state = 'queued';
create index delivery_critical on delivery (id) where state = 'queued' and severity in ('critical', 'emergency');
create index delivery_expiry on delivery (expires_ms, id) where state = 'queued';

-- What a channel was given, each key once. `told_by`: taken out of its delivery because another one tells it, or 0
-- where nobody said which; the row stays, for the key must stay known.
create table delivery_event (
  id integer primary key autoincrement,
  delivery integer not null,
  channel text not null,
  incident integer not null,
  kind text not null,
  at_ms real not null,
  key text not null,
  told_by integer
) strict;

create unique index delivery_event_once on delivery_event (key, channel);
create index delivery_event_of on delivery_event (delivery, id);
create index delivery_event_by_incident on delivery_event (incident, channel, delivery);
create index delivery_event_told_by on delivery_event (told_by) where told_by is not null;

-- Messages that can be edited, as their sending answered them, and the incidents that each shows.
create table message (
  id integer primary key autoincrement,
  channel text not null,
  ref text not null,
  at_ms real not null,
  unique (channel, ref)
) strict;

create table message_incident (
  message integer not null,
  place integer not null,
  channel text not null,
  incident integer not null,
  primary key (message, place)
) strict, without rowid;

create index message_incident_latest on message_incident (channel, incident, message);
create index message_incident_by_incident on message_incident (incident);

-- Small records of heartbeats, drills, channels and the other relay. `value` is JSON of its owner's own.
create table kept (
  id integer primary key autoincrement,
  kind text not null,
  key text not null,
  value text not null,
  unique (kind, key)
) strict;
