/**
 * What a line can say about an end. Who says it counts as much as what: a login name or a guest's console may hold any
 * of these words.
 */
export type ClueKind =
  | 'quorum-lost'
  | 'quorum-back'
  | 'lock-lost'
  | 'ha-active'
  | 'ha-closed'
  | 'mux-warned'
  | 'mux-expired'
  | 'mux-client-died'
  | 'mux-terminate'
  | 'mux-exit-active'
  | 'mux-exit-clean'
  | 'mux-killed'
  | 'mux-started'
  | 'device-not-stopped'
  | 'softdog-fired'
  | 'panic'
  | 'stall'
  | 'sysrq-reset'
  | 'shutdown-asked'
  | 'lrm-reboots'
  | 'lrm-shuts-down'
  | 'rebooting'
  | 'powering-off'
  | 'kernel-restarts'
  | 'kernel-powers-off'
  | 'journal-stopped'
  | 'recovered-disk'
  | 'journal-unclean'
  | 'pstore'
  | 'kernel-version'

export type Pattern = { readonly kind: ClueKind; readonly by: RegExp; readonly says: RegExp }

export const KERNEL = 'kernel'

/** Words of corosync 3, pmxcfs, pve-ha-manager 3 to 5, watchdog-mux 4 and 5, systemd 247 and later, and the kernel. */
export const PATTERNS: readonly Pattern[] = [
  { kind: 'quorum-lost', by: /^corosync$/, says: /^\s*\[QUORUM\] This node is within the non-primary component/ },
  { kind: 'quorum-lost', by: /^pmxcfs$/, says: /^\[status\] notice: node lost quorum$/ },
  { kind: 'quorum-back', by: /^corosync$/, says: /^\s*\[QUORUM\] This node is within the primary component/ },
  { kind: 'quorum-back', by: /^pmxcfs$/, says: /^\[status\] notice: node has quorum$/ },
  {
    kind: 'lock-lost',
    by: /^pve-ha-(?:lrm|crm)$/,
    says: /^(?:lost lock 'ha_|status change \w+ => lost_(?:agent|manager)_lock)/,
  },
  { kind: 'ha-active', by: /^pve-ha-(?:lrm|crm)$/, says: /^watchdog active$/ },
  { kind: 'ha-closed', by: /^pve-ha-(?:lrm|crm)$/, says: /^watchdog closed \(disabled\)$/ },
  { kind: 'mux-started', by: /^watchdog-mux$/, says: /^Watchdog driver '/ },
  { kind: 'mux-warned', by: /^watchdog-mux$/, says: /^client (?:\(PID \d+\) )?watchdog is about to expire$/ },
  {
    kind: 'mux-expired',
    by: /^watchdog-mux$/,
    says: /^client (?:\(PID \d+\) )?watchdog expired - disable watchdog updates$/,
  },
  {
    kind: 'mux-client-died',
    by: /^watchdog-mux$/,
    says: /^client (?:\(PID \d+\) )?did not stop watchdog - disable watchdog updates$/,
  },
  { kind: 'mux-terminate', by: /^watchdog-mux$/, says: /^got terminate request$/ },
  { kind: 'mux-exit-active', by: /^watchdog-mux$/, says: /^exit watchdog-mux with active connections$/ },
  { kind: 'mux-exit-clean', by: /^watchdog-mux$/, says: /^clean exit$/ },
  { kind: 'mux-killed', by: /^systemd$/, says: /^watchdog-mux\.service: Main process exited, code=(?:killed|dumped)/ },
  { kind: 'device-not-stopped', by: /^kernel$/, says: /^watchdog: watchdog\d+: watchdog did not stop!$/ },
  { kind: 'softdog-fired', by: /^kernel$/, says: /^softdog: (?:Initiating system reboot|Triggered)/ },
  { kind: 'panic', by: /^kernel$/, says: /^Kernel panic - not syncing/ },
  { kind: 'stall', by: /^kernel$/, says: /^INFO: task \S+ blocked for more than \d+ seconds/ },
  { kind: 'stall', by: /^kernel$/, says: /^watchdog: BUG: soft lockup - CPU#\d+ stuck/ },
  { kind: 'stall', by: /^kernel$/, says: /^(?:NMI )?watchdog: Watchdog detected hard LOCKUP on cpu/ },
  { kind: 'stall', by: /^kernel$/, says: /^rcu: INFO: rcu_\w+ (?:self-)?detected stall/ },
  { kind: 'stall', by: /^kernel$/, says: /^(?:blk_update_request: |critical )?(?:I\/O|medium|target) error, dev \w+/ },
  { kind: 'stall', by: /^kernel$/, says: /^nvme nvme\d+: (?:I\/O \d+ .*timeout|controller is down)/ },
  { kind: 'sysrq-reset', by: /^kernel$/, says: /^sysrq: Resetting$/ },
  { kind: 'shutdown-asked', by: /^pve-ha-lrm$/, says: /^got shutdown request with shutdown policy/ },
  { kind: 'lrm-reboots', by: /^pve-ha-lrm$/, says: /^reboot LRM, / },
  { kind: 'lrm-shuts-down', by: /^pve-ha-lrm$/, says: /^shutdown LRM, / },
  { kind: 'rebooting', by: /^systemd-logind$/, says: /^(?:The system will reboot now|System is rebooting)/ },
  {
    kind: 'powering-off',
    by: /^systemd-logind$/,
    says: /^(?:The system will power off now|System is powering down|System is halting)/,
  },
  { kind: 'rebooting', by: /^systemd$/, says: /^Reached target (?:reboot\.target|(?:System )?Reboot\.$)/ },
  {
    kind: 'powering-off',
    by: /^systemd$/,
    says: /^Reached target (?:(?:poweroff|halt)\.target|(?:System )?(?:Power[- ]Off|Halt)\.$)/,
  },
  { kind: 'kernel-restarts', by: /^kernel$/, says: /^reboot: Restarting system/ },
  { kind: 'kernel-powers-off', by: /^kernel$/, says: /^reboot: (?:Power down|System halted)/ },
  { kind: 'journal-stopped', by: /^systemd-journald$/, says: /^Journal stopped$/ },
  {
    kind: 'recovered-disk',
    by: /^kernel$/,
    says: /^(?:EXT4-fs \(\S+\): recovery complete|XFS \(\S+\): Ending recovery)/,
  },
  {
    kind: 'journal-unclean',
    by: /^systemd-journald$/,
    says: /corrupted or uncleanly shut down, renaming and replacing/,
  },
  { kind: 'pstore', by: /^systemd-pstore$/, says: /^PStore dmesg-\S+ moved to / },
  { kind: 'kernel-version', by: /^kernel$/, says: /^Linux version \S+/ },
]
