/**
 * Reads what could reset a node, as `parseInside` takes it. It must not open /dev/watchdog: whoever opens the device and
 * closes it again without the magic word has the node reset. `find -lname` and `[ -e ]` only ask for names.
 */
export const LOOK_SCRIPT = `set -u
LC_ALL=C
PATH="$PATH:/usr/sbin:/usr/bin:/sbin:/bin"
export LC_ALL PATH
echo 'proxmox-watchdog inside 1'
echo "uid $(id -u)"
if [ -e /run/watchdog-mux.active ]; then echo 'marker yes'; else echo 'marker no'; fi
there=no
for name in /dev/watchdog*; do [ -e "$name" ] && there=yes; done
echo "node $there"
find /proc/[0-9]*/fd -maxdepth 1 -lname '/dev/watchdog*' -printf '%h %l\\n' 2>/dev/null | sort -u |
while read -r folder target; do
  process=\${folder%/fd}
  word='?'
  { IFS= read -r word <"$process/comm"; } 2>/dev/null
  echo "holder $target \${process##*/} $word"
done
for folder in /sys/class/watchdog/*; do
  for field in identity timeout state nowayout; do
    { IFS= read -r value <"$folder/$field"; } 2>/dev/null && echo "device \${folder##*/} $field $value"
  done
done
for folder in /sys/module/softdog /sys/module/*wdt* /sys/module/*watchdog* /sys/module/*_wd; do
  [ -d "$folder" ] || continue
  echo "module \${folder##*/}"
  for field in nowayout soft_margin soft_noboot soft_panic; do
    { IFS= read -r value <"$folder/parameters/$field"; } 2>/dev/null && echo "parameter \${folder##*/} $field $value"
  done
done
for unit in watchdog-mux pve-ha-lrm pve-ha-crm; do
  enabled=$(systemctl is-enabled "$unit.service" 2>/dev/null)
  active=$(systemctl is-active "$unit.service" 2>/dev/null)
  pid=$(systemctl show -p MainPID --value "$unit.service" 2>/dev/null)
  echo "unit $unit \${enabled:-unknown} \${active:-unknown} \${pid:-0}"
done
sed -n "s/^[[:space:]]*WATCHDOG_MODULE=[\\"']*\\([A-Za-z0-9_-]*\\).*/configured \\1/p" /etc/default/pve-ha-manager 2>/dev/null
dpkg-query -W -f 'manager \${Version}\\n' pve-ha-manager 2>/dev/null
echo end
`
