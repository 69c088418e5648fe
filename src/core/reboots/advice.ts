import type { RebootCause } from './types.ts'

/** What to do about each cause, in a sentence or two. docs/reboots.md says more under the same names. */
export const ADVICE: Readonly<Record<RebootCause, string>> = {
  'quorum-loss-fence':
    'Look at the corosync links and the votes: a second link, or a QDevice, keeps quorum when one of them fails.',
  'ha-client-expired':
    'Look what kept pve-ha-lrm or pve-ha-crm from running for a minute: load, a storage that hangs, pmxcfs.',
  'ha-client-died': 'Look why an HA daemon ended: the lines before it, the memory, an update that was cut short.',
  'watchdog-daemon-stopped':
    'Never stop or restart watchdog-mux while HA is active: end the HA services of the node first, or disarm HA.',
  'watchdog-daemon-crashed':
    'Look why watchdog-mux ended: the memory, a kill by hand. It must live while HA is active.',
  'watchdog-reset':
    'Netconsole and the journal’s last minute tell what starved it: load, a storage that hangs, quorum.',
  'host-stall': 'Look at its disks, their cables and their controller, and at the memory; then at the load.',
  panic: 'Keep the whole text of the panic. Try another kernel, and test the memory.',
  'power-loss': 'Look at the outlet, the cable, the supply and the UPS.',
  'hard-reset': 'Ask who was there, and look at the event log of its management controller.',
  'own-cycle': 'See why it was dead: `events --host`, and what came before the cycle.',
  'clean-reboot': 'Nothing, if somebody wanted it.',
  'clean-shutdown': 'Nothing, if somebody wanted it.',
  update: 'Nothing: it runs the new kernel.',
  'abrupt-undetermined': 'Make the next one tell: netconsole, pstore, a record of its outlet and of its UPS.',
  'cannot-tell': 'Make the next one tell: a persistent journal that may be read, and netconsole.',
}

/** What would show that it was this one, where several causes leave the same record. */
export const WOULD_SHOW: Readonly<Partial<Record<RebootCause, string>>> = {
  'power-loss': 'a record of its outlet or UPS, or other machines that died with it',
  panic: 'netconsole, pstore, or a kernel dump',
  'hard-reset': 'the event log of its management controller',
  'watchdog-reset': 'netconsole, which hears `softdog: Initiating system reboot`, or HA active and quorum lost',
  'host-stall': 'blocked tasks, lockups or I/O errors in netconsole',
}
