import { readOutlet } from '../../world/index.ts'
import { BAD_ARGUMENT, type Bench, type Child, NO_ENTRY, NO_MEMBER, type Reply } from './reply.ts'

const VOLTS = 120

/** One outlet a request. Newer firmware counts in thousandths, older in floats without units. */
export function answerMeter(bench: Bench, method: string, _given: Record<string, unknown>, child: Child): Reply {
  if (method !== 'get_realtime') return NO_MEMBER
  if (child === 'none') return BAD_ARGUMENT
  if (child === 'unknown') return NO_ENTRY
  const { watts, totalWattHours } = readOutlet(bench.world, child)
  if (bench.faults.meter === 'floats') {
    const power = Math.round(watts * 1e6) / 1e6
    return { voltage: VOLTS, current: power / VOLTS, power, total: totalWattHours / 1000, err_code: 0 }
  }
  return {
    slot_id: child.index,
    voltage_mv: VOLTS * 1000,
    current_ma: Math.round((watts / VOLTS) * 1000),
    power_mw: Math.round(watts * 1000),
    total_wh: Math.floor(totalWattHours),
    err_code: 0,
  }
}
