import { isIP } from 'node:net'
import type { GuestConfig } from '../../core/cluster/types.ts'
import { flag, maybeNumber, maybeText, optional, type Row, row, rows, settings, text } from './loose.ts'

/** `GET /nodes/{node}/qemu/{vmid}/config`, and of `lxc`. */
export function readGuestConfig(data: unknown): GuestConfig | undefined {
  const told = row(data)
  if (told === undefined) return undefined
  const startup = settings(text(told.startup), 'order')
  const watchdog = maybeText(told.watchdog)
  return {
    onboot: flag(told.onboot),
    agent: flag(settings(text(told.agent), 'enabled').enabled),
    addresses: addressesOfConfig(told),
    storages: storagesOfConfig(told),
    ...optional('order', maybeNumber(startup.order)),
    ...optional('upS', maybeNumber(startup.up)),
    ...optional('downS', maybeNumber(startup.down)),
    ...optional('lock', maybeText(told.lock)),
    // The model may stand without its name.
    ...optional('watchdog', watchdog === undefined || /(?:^|,)model=/.test(watchdog) ? watchdog : `model=${watchdog}`),
  }
}

const DISK = /^(?:ide|sata|scsi|virtio|efidisk|tpmstate|mp)\d+$|^rootfs$/
/** `local-lvm:vm-100-disk-0`, in a machine sometimes `file=local-lvm:...`; `none`, a device or a bind mount is no volume. */
const VOLUME = /^(?:(?:file|volume)=)?([A-Za-z][A-Za-z0-9._-]*):/

/** Of its disks and of the image in its drive: without any of them it does not start. */
function storagesOfConfig(config: Row): readonly string[] {
  const found = Object.entries(config).flatMap(([name, value]) => {
    const storage = DISK.test(name) ? VOLUME.exec(text(value))?.[1] : undefined
    return storage === undefined ? [] : [storage]
  })
  return [...new Set(found)].sort()
}

/** What cloud-init sets (`ipconfig0`) and what a container has (`net0`). */
function addressesOfConfig(config: Row): readonly string[] {
  const found = Object.entries(config)
    .filter(([name]) => /^(?:ipconfig|net)\d+$/.test(name))
    .flatMap(([, value]) => {
      const { ip, ip6 } = settings(text(value), 'model')
      return [ip, ip6]
    })
  return addresses(found)
}

/** `GET .../agent/network-get-interfaces`: `{ result: [{ ip-addresses: [{ ip-address }] }] }`. */
export function readAgentAddresses(data: unknown): readonly string[] {
  const interfaces = rows(row(data)?.result) ?? []
  const found = interfaces.flatMap((each) => (rows(each['ip-addresses']) ?? []).map((address) => address['ip-address']))
  return addresses(found)
}

/** `GET /nodes/{node}/lxc/{vmid}/interfaces`: `inet: 10.0.0.5/24`. */
export function readContainerAddresses(data: unknown): readonly string[] {
  return addresses((rows(data) ?? []).flatMap((each) => [each.inet, each.inet6]))
}

/** Without the length of the prefix, and without those that every machine has. */
function addresses(found: readonly unknown[]): readonly string[] {
  const bare = found.map((each) => text(each).split('/')[0]?.toLowerCase() ?? '')
  return [...new Set(bare)].filter((address) => isIP(address) !== 0 && !/^(?:127\.|::1$|fe80:)/.test(address))
}
