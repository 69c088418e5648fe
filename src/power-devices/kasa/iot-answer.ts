import { z } from 'zod'
import type { Message } from './iot-message.ts'

export type JsonObject = Readonly<Record<string, unknown>>

/**
 * A device's answer to one message. `refused` is the device's own error, which sits inside the module:
 * `{"system":{"set_relay_state":{"err_code":-14,"err_msg":"entry not exist"}}}`.
 */
export type IotAnswer =
  | { readonly kind: 'answer'; readonly value: JsonObject }
  | { readonly kind: 'refused'; readonly errorCode: number; readonly words: string }
  | { readonly kind: 'malformed'; readonly odd: string }

const record = z.record(z.string(), z.unknown())
const failing = z.looseObject({
  err_code: z.number().refine((code) => code !== 0),
  err_msg: z.unknown().optional(),
})

const MAX_TEXT_CHARACTERS = 64

/** Text from the network made fit for a terminal and a log: one line, no control characters, of bounded length. */
export function tame(text: string): string {
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ').trim()
  return [...line].slice(0, MAX_TEXT_CHARACTERS).join('')
}

/** The JSON object in a reply, or undefined where it is none: a sign of a wrong key or of another protocol. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}

/** The part of a reply that answers `message`: the method's object, or the nearest error above it. */
export function answerTo(message: Message, reply: JsonObject): IotAnswer {
  const module = record.safeParse(reply[message.module]).data
  const method = record.safeParse(module?.[message.method]).data
  for (const level of [method, module, reply]) {
    const failed = failing.safeParse(level).data
    if (failed !== undefined) {
      const words = typeof failed.err_msg === 'string' ? tame(failed.err_msg) : ''
      return { kind: 'refused', errorCode: failed.err_code, words }
    }
  }
  if (method === undefined) {
    return { kind: 'malformed', odd: `its reply holds no answer to ${message.module}.${message.method}` }
  }
  if (message.changes && method.err_code !== 0) {
    return { kind: 'malformed', odd: `its answer to ${message.module}.${message.method} has no err_code` }
  }
  return { kind: 'answer', value: method }
}

/** Watts in the answer of `emeter.get_realtime`: milliwatts, or plain floats from older firmware. */
export function parseWatts(answer: JsonObject): number | undefined {
  const { power_mw: milliwatts, power: watts } = answer
  const value = typeof milliwatts === 'number' ? milliwatts / 1000 : watts
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined
}

const rules = z.looseObject({
  rule_list: z.array(z.looseObject({ enable: z.number().optional(), act: z.number().optional() })),
})

/** Whether the answer of `count_down.get_rules` holds a live rule that turns on; undefined where it does not tell. */
export function holdsTurnOnRule(answer: JsonObject): boolean | undefined {
  const list = rules.safeParse(answer).data?.rule_list
  return list?.some((rule) => rule.enable !== 0 && rule.act === 1)
}
