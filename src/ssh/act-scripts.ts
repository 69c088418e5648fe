import type { NodeAct } from '../ports/node-shell.ts'

/** Says why not, and touches nothing. */
const BEGIN = `set -u
LC_ALL=C
PATH="$PATH:/usr/sbin:/usr/bin:/sbin:/bin"
export LC_ALL PATH
refuse() { echo "refused $1"; exit 3; }
[ "$(id -u)" = 0 ] || refuse 'this needs root'
`

const HOLDERS = `find /proc/[0-9]*/fd -maxdepth 1 -lname '/dev/watchdog*' -printf '%h\\n' 2>/dev/null`

/**
 * What is done on a node: fixed text, with nothing from outside in it. What was true when it was decided is asked again
 * in the same breath as it is done. None opens a watchdog device.
 */
export const ACT_SCRIPTS: Readonly<Record<NodeAct, string>> = {
  'mask-mux': `${BEGIN}
systemctl mask watchdog-mux.service >/dev/null 2>&1 || refuse 'systemd could not mask watchdog-mux'
echo done
`,
  // SIGTERM without clients: watchdog-mux writes the magic word and closes the device, which then stands still.
  'stop-mux': `${BEGIN}
pid=$(systemctl show -p MainPID --value watchdog-mux.service 2>/dev/null)
[ -e /run/watchdog-mux.active ] && refuse 'clients are connected to watchdog-mux: stopping it now would reset the node'
[ "\${pid:-0}" -gt 0 ] || { echo done; exit 0; }
for folder in $(${HOLDERS} | sort -u); do
  [ "$folder" = "/proc/$pid/fd" ] || refuse 'another process holds the watchdog device'
done
for folder in /sys/class/watchdog/*; do
  state=; nowayout=
  { IFS= read -r state <"$folder/state"; } 2>/dev/null
  { IFS= read -r nowayout <"$folder/nowayout"; } 2>/dev/null
  [ "$state" = active ] && [ "$nowayout" != 0 ] && refuse 'the device cannot be stopped once it runs (nowayout): stopping watchdog-mux would reset the node'
done
[ -e /run/watchdog-mux.active ] && refuse 'clients are connected to watchdog-mux: stopping it now would reset the node'
systemctl stop watchdog-mux.service >/dev/null 2>&1 || refuse 'systemd could not stop watchdog-mux'
echo done
`,
  'unload-softdog': `${BEGIN}
[ -d /sys/module/softdog ] || { echo done; exit 0; }
[ -z "$(${HOLDERS})" ] || refuse 'a process holds the watchdog device'
modprobe -r softdog >/dev/null 2>&1 || refuse 'softdog could not be unloaded'
echo done
`,
  'unmask-mux': `${BEGIN}
systemctl unmask watchdog-mux.service >/dev/null 2>&1 || refuse 'systemd could not unmask watchdog-mux'
echo done
`,
  // A marker that a dead watchdog-mux left behind makes the new one end at once.
  'start-mux': `${BEGIN}
pid=$(systemctl show -p MainPID --value watchdog-mux.service 2>/dev/null)
[ "\${pid:-0}" -gt 0 ] && { echo done; exit 0; }
[ -e /run/watchdog-mux.active ] && refuse 'a stale /run/watchdog-mux.active keeps watchdog-mux from starting: restart the node'
systemctl start watchdog-mux.service >/dev/null 2>&1 || refuse 'systemd could not start watchdog-mux'
echo done
`,
  // Guests that are left are stopped by Proxmox itself on the way down.
  'shut-down': `${BEGIN}
systemctl --no-block poweroff >/dev/null 2>&1 || refuse 'systemd does not take the order to power off'
echo done
`,
}
