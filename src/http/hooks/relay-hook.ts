import { relayQuestion } from '../../api/hooks.ts'
import { parse } from '../answers.ts'
import type { Hook } from './hook.ts'
import { parseBody } from './parse-body.ts'
import { accepted, refusal } from './reply.ts'

const MOST_BODY_BYTES = 1024 * 1024

/** Where events stand here, for the other relay: what this one delivered, that one need not. */
export const relayHook: Hook = {
  label: 'relay',
  methods: ['POST'],
  closed: 'No other relay is configured: `relay` with the token that both share opens this.',
  maxBodyBytes: MOST_BODY_BYTES,
  admits: (gate, { authorization }) => gate.relayCheck?.(authorization),
  take: ({ alerting, bytes }) => {
    const said = parseBody(bytes)
    if (!said.ok) return refusal('bad-request', said.sentence, 'invalid')
    const parsed = parse(relayQuestion, said.value)
    if (!parsed.ok) return refusal('bad-request', parsed.sentence, 'invalid')
    return accepted({ states: alerting.relayStates(parsed.value.keys) })
  },
}
