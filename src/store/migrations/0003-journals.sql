-- What is kept of Proxmox nodes off the nodes, so that it survives them. The records are those of
-- src/ports/journal-tails.ts. Times are wall clock milliseconds; reals, because they also come from elsewhere.

-- The end of a boot's journal, in pieces as they were read, oldest first by id. `lines` are joined by line ends.
create table journal_piece (
  id integer primary key autoincrement,
  cluster text not null,
  node text not null,
  boot text not null,
  lines text not null,
  line_count integer not null,
  characters integer not null
) strict;

create index journal_piece_by_boot on journal_piece (cluster, node, boot, id);

-- Netconsole, oldest first by id.
create table kernel_line (
  id integer primary key autoincrement,
  host text not null,
  at_ms real not null,
  text text not null
) strict;

create index kernel_line_by_host on kernel_line (host, id);

-- What was last seen of a node. `value` is JSON.
create table seen_node (
  cluster text not null,
  node text not null,
  value text not null,
  primary key (cluster, node)
) strict, without rowid;

-- Why a node rebooted, oldest first by id. `value` is JSON.
create table judged_reboot (
  id integer primary key autoincrement,
  cluster text not null,
  node text not null,
  value text not null
) strict;

create index judged_reboot_by_node on judged_reboot (cluster, node, id);
