import type { World } from '../types.ts'
import { presentBoot, say } from './journal.ts'
import type { Cluster, Node } from './types.ts'

/** What a node writes while it starts. `sinceMs`: when its kernel began. */
export function tellBoot(world: World, cluster: Cluster, node: Node, sinceMs: number): void {
  const tell = (who: string, text: string, afterMs: number) => say(world, cluster, node, who, text, sinceMs + afterMs)
  const kernel = (text: string, afterMs = 0) => tell('kernel', text, afterMs)
  kernel(`Linux version ${node.runningKernel} (build@proxmox) #1 SMP PREEMPT_DYNAMIC PMX`)
  kernel('Command line: BOOT_IMAGE=/boot/vmlinuz root=/dev/mapper/pve-root ro quiet', 10)
  if (node.lastEnd === 'abrupt' && node.bootCount > 1) kernel('EXT4-fs (dm-1): recovery complete', 1_200)
  kernel('EXT4-fs (dm-1): mounted filesystem with ordered data mode. Quota mode: none.', 1_250)
  tell('systemd', 'systemd 257.9-1~deb13u1 running in system mode', 1_300)
  tell('systemd-journald', 'Journal started', 1_500)
  if (node.lastEnd === 'abrupt' && node.bootCount > 1) {
    const file = `/var/log/journal/${presentBoot(node)?.id ?? ''}/system.journal`
    tell('systemd-journald', `File ${file} corrupted or uncleanly shut down, renaming and replacing.`, 1_510)
  }
  tell('watchdog-mux', "Watchdog driver 'Software Watchdog', version 0", 3_000)
  tell('corosync', '  [MAIN  ] Corosync Cluster Engine 3.1.9 starting up', 4_000)
  tell('corosync', `  [QUORUM] Sync members[1]: ${node.id}`, 4_300)
  tell('corosync', `  [TOTEM ] A new membership (${node.id}.5) was formed. Members joined: ${node.id}`, 4_310)
  tell(
    'pmxcfs',
    `[main] notice: resolved node name '${node.name}' to '${node.address}' for default node IP address`,
    4_400,
  )
  tell('pvedaemon', 'starting server', 6_000)
  tell('pvedaemon', 'starting 3 worker(s)', 6_010)
  tell('pveproxy', 'starting server', 7_000)
  tell('pveproxy', 'starting 3 worker(s)', 7_010)
  tell('pve-ha-crm', 'starting server', 7_500)
  tell('pve-ha-crm', 'status change startup => wait_for_quorum', 7_510)
  tell('pve-ha-lrm', 'starting server', 7_600)
  tell('pve-ha-lrm', 'status change startup => wait_for_agent_lock', 7_610)
}

/** What a node writes when it is stopped in good order. */
export function tellStop(world: World, cluster: Cluster, node: Node, reboots: boolean): void {
  const tell = (who: string, text: string) => say(world, cluster, node, who, text)
  tell('systemd-logind', reboots ? 'System is rebooting.' : 'System is powering down.')
  tell('pve-ha-lrm', "got shutdown request with shutdown policy 'conditional'")
  const policy = reboots ? 'reboot LRM, stop and freeze all services' : 'shutdown LRM, stop all services'
  tell('pve-ha-lrm', policy)
}

/** Its last words: after these the disk is quiet. */
export function tellEnd(world: World, cluster: Cluster, node: Node, reboots: boolean): void {
  const tell = (who: string, text: string) => say(world, cluster, node, who, text)
  tell('watchdog-mux', 'got terminate request')
  tell('watchdog-mux', 'clean exit')
  tell('systemd', 'Reached target umount.target - Unmount All Filesystems.')
  tell('systemd', 'Reached target shutdown.target - System Shutdown.')
  const [unit, does] = reboots ? ['reboot', 'Reboot'] : ['poweroff', 'Power Off']
  tell('systemd', `Finished systemd-${unit}.service - System ${does}.`)
  tell('systemd', `Reached target ${unit}.target - System ${does}.`)
  tell('systemd', 'Shutting down.')
  tell('kernel', 'watchdog: watchdog0: watchdog did not stop!')
  tell('systemd-journald', 'Journal stopped')
}
