import type { Converted } from './converted.ts'
import type { Hook, HookTaking } from './hook.ts'
import { parseBody } from './parse-body.ts'
import { accepted, type HookReply, refusal, unavailable } from './reply.ts'

/** A hook that takes alerts, in the form that `convert` understands. */
export function alertHook(label: string, convert: (payload: unknown, nowMs: number) => Converted): Hook {
  return {
    label,
    methods: ['POST'],
    closed: 'Hooks are not configured: `hooks` with a token opens them.',
    admits: (gate, { authorization, token }) => gate.check?.(authorization, token),
    take: (taking) => takeAlerts(convert, taking),
  }
}

/** Answers only once what could be understood is on disk. */
async function takeAlerts(
  convert: (payload: unknown, nowMs: number) => Converted,
  { alerting, nowMs, bytes }: HookTaking,
): Promise<HookReply> {
  const parsed = parseBody(bytes)
  if (!parsed.ok) return refusal('bad-request', parsed.sentence, 'invalid')
  const { incoming, rejected, reasons } = convert(parsed.value, nowMs)
  if (incoming.length === 0) return refusal('bad-request', `${reasons.join('; ')}.`, 'invalid')
  const outcome = await alerting.accept(incoming)
  if (!outcome.ok) return unavailable(`It could not be written down: ${outcome.sentence}`)
  const body = { accepted: incoming.length, rejected, reasons }
  return rejected === 0 ? accepted(body) : accepted(body, 'invalid')
}
