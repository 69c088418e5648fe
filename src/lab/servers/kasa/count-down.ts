import { armTimer, clearTimers, type Outlet, readOutlet } from '../../world/index.ts'
import { BAD_ARGUMENT, type Bench, type Child, failed, NO_ENTRY, NO_MEMBER, type Reply } from './reply.ts'

/** The timers inside the device: one rule an outlet, in the lab's time; a rule that fired still fills its place. */
export function answerCountDown(bench: Bench, method: string, given: Record<string, unknown>, child: Child): Reply {
  if (child === 'none') return BAD_ARGUMENT
  if (child === 'unknown') return NO_ENTRY
  switch (method) {
    case 'get_rules':
      return { rule_list: rules(bench, child), err_code: 0 }
    case 'delete_all_rules':
      clearTimers(child)
      return { err_code: 0 }
    case 'add_rule':
      return addRule(bench, given, child)
    default:
      return NO_MEMBER
  }
}

function rules({ world }: Bench, outlet: Outlet): Reply[] {
  const { timer } = readOutlet(world, outlet)
  if (timer === undefined) return []
  const remain = timer.fired ? 0 : Math.ceil(timer.remainMs / 1000)
  const enable = timer.fired ? 0 : 1
  return [{ id: timer.id, name: timer.name, enable, delay: timer.delaySeconds, act: timer.on ? 1 : 0, remain }]
}

function addRule({ world }: Bench, given: Record<string, unknown>, outlet: Outlet): Reply {
  const { enable, delay, act, name } = given
  const sound =
    enable === 1 &&
    (act === 0 || act === 1) &&
    typeof name === 'string' &&
    typeof delay === 'number' &&
    Number.isInteger(delay) &&
    delay > 0 &&
    delay < 86_400
  if (!sound) return BAD_ARGUMENT
  const armed = armTimer(world, outlet, delay * 1000, act === 1, name)
  if (armed.ok) return { id: armed.id, err_code: 0 }
  return failed(-10, 'table is full')
}
