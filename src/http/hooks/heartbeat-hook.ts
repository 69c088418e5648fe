import { heartbeatBody } from '../../api/hooks.ts'
import { parse } from '../answers.ts'
import type { Hook, HookTaking } from './hook.ts'
import { parseBody } from './parse-body.ts'
import { accepted, type HookReply, refusal, unavailable } from './reply.ts'

const MOST_BODY_BYTES = 64 * 1024

/** `/heartbeats/NAME`: a call is a sign of life; a body may say that the sender is ill, and why. */
export const heartbeatHook: Hook = {
  label: 'heartbeats',
  methods: ['POST', 'GET', 'HEAD'],
  closed: 'No heartbeat is expected here: `deadman.expect` names the senders.',
  maxBodyBytes: MOST_BODY_BYTES,
  admits: (gate, { name, authorization, token }) =>
    gate.checkHeartbeat === undefined
      ? gate.check?.(authorization, token)
      : gate.checkHeartbeat(name, authorization, token),
  take: takeHeartbeat,
}

async function takeHeartbeat({ alerting, call, bytes }: HookTaking): Promise<HookReply> {
  const said = bytes.length === 0 ? { ok: true as const, value: {} } : parseBody(bytes)
  if (!said.ok) return refusal('bad-request', said.sentence, 'invalid')
  const parsed = parse(heartbeatBody, said.value)
  if (!parsed.ok) return refusal('bad-request', parsed.sentence, 'invalid')
  const { status, reasons, sender } = parsed.value
  const beat = { well: status !== 'ill', reasons, ...(sender === undefined ? {} : { sender }) }
  const answer = await alerting.heartbeat(call.name, beat)
  if (answer.ok) return accepted(answer)
  if (answer.code === 'unknown') return refusal('not-found', answer.sentence, 'invalid')
  return unavailable(answer.sentence)
}
