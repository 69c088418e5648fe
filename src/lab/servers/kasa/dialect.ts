import { childOf } from './child.ts'
import { answerCountDown } from './count-down.ts'
import { answerMeter } from './emeter.ts'
import { type Bench, type Child, isObject, NO_MODULE, type Reply } from './reply.ts'
import { answerSystem } from './system.ts'

/** The JSON dialect of the HS300, as told by its requests and answers in the field. */
export function answerRequest(bench: Bench, request: Record<string, unknown>): Reply {
  const child = childOf(bench, request.context)
  const reply: Reply = {}
  for (const [module, methods] of Object.entries(request)) {
    if (module === 'context') continue
    reply[module] = isObject(methods) ? answerModule(bench, module, methods, child) : NO_MODULE
  }
  return reply
}

function answerModule(bench: Bench, module: string, methods: Record<string, unknown>, child: Child): Reply {
  if (module === 'emeter' && bench.faults.meter === 'none') return NO_MODULE
  if (module === 'count_down' && !bench.strip.hasTimers) return NO_MODULE
  const answer = { system: answerSystem, emeter: answerMeter, count_down: answerCountDown }[module]
  if (answer === undefined) return NO_MODULE
  const reply: Reply = {}
  for (const [method, given] of Object.entries(methods)) {
    reply[method] = answer(bench, method, isObject(given) ? given : {}, child)
  }
  return reply
}
