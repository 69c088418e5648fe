import type { Device, Outlet } from '../../api/outlets.ts'
import type { Paint, Style } from '../text/paint.ts'
import { span, until } from '../text/span.ts'
import { type Cell, table } from '../text/table.ts'

export function outletName(outlet: { readonly device: string; readonly outlet: string }): string {
  return outlet.outlet === '' ? outlet.device : `${outlet.device}/${outlet.outlet}`
}

export function watts(value: number | undefined): string {
  return value === undefined ? '' : `${value.toFixed(1)} W`
}

/** What of an outlet is worth a word beside its state. */
export function outletRemarks(outlet: Outlet): string {
  const remarks = [
    outlet.protected ? 'protected' : '',
    outlet.overLimit ? `over its limit of ${outlet.maxWatts} W` : '',
    outlet.offByUs ? 'off by us, will be turned on' : '',
    outlet.deviceTimer === undefined ? '' : `its own timer turns it on ${until(outlet.deviceTimer.inMs)}`,
    outlet.offOnPurpose === undefined ? '' : `off on order of ${outlet.offOnPurpose.by}`,
    outlet.offByPersonSince === undefined ? '' : `off by a person for ${span(outlet.offByPersonSince.agoMs)}`,
  ]
  return remarks.filter((remark) => remark !== '').join('; ')
}

export function outletsTable(outlets: readonly Outlet[], paint: Paint): string[] {
  const columns = [
    { title: 'OUTLET' },
    { title: 'HOST' },
    { title: 'LABEL' },
    { title: 'ALIAS' },
    { title: 'STATE' },
    { title: 'POWER', right: true },
    { title: 'LIMIT', right: true },
    { title: 'READ', right: true },
    { title: 'REMARKS' },
  ]
  const rows = outlets.map((outlet): Cell[] => [
    outletName(outlet),
    outlet.host ?? '',
    outlet.label ?? '',
    outlet.alias ?? '',
    { text: outlet.state, style: stateStyle(outlet.state) },
    { text: watts(outlet.watts), style: outlet.overLimit ? 'red' : undefined },
    outlet.maxWatts === undefined ? '' : `${outlet.maxWatts} W`,
    outlet.read === undefined ? 'never' : `${span(outlet.read.agoMs)} ago`,
    outletRemarks(outlet),
  ])
  return table(columns, rows, paint)
}

export function stateStyle(state: Outlet['state']): Style {
  return state === 'on' ? 'green' : state === 'off' ? 'red' : 'yellow'
}

/** One line a device: whether it answers, and whether it is the one that was pinned. */
export function deviceLines(devices: readonly Device[], paint: Paint): string[] {
  const width = Math.max(0, ...devices.map(({ name }) => name.length))
  return devices.map((device) => {
    const answers =
      device.reachable === null
        ? paint('yellow', 'not asked yet')
        : device.reachable
          ? paint('green', 'answers')
          : paint('red', `does not answer${device.lastError === undefined ? '' : `: ${device.lastError.sentence}`}`)
    const identity =
      device.identityOk === false
        ? paint('red', `another device than the pinned one; \`devices accept ${device.name}\` if it was replaced`)
        : device.pinned === undefined
          ? 'not pinned yet'
          : `${device.pinned.model} ${device.pinned.deviceId.slice(0, 8)}, pinned`
    return `${device.name.padEnd(width)}  ${device.driver}  ${answers}  ${identity}`
  })
}
