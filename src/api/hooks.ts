import { z } from 'zod'

const texts = z.record(z.string().min(1), z.string({ error: 'a text is expected' }))
const link = z.url({ protocol: /^https?$/, error: 'an address with http or https is expected' }).max(2048)
const instant = z.iso
  .datetime({ offset: true, error: 'a time such as 2025-03-01T12:00:00Z is expected' })
  .refine((text) => !Number.isNaN(Date.parse(text)), 'a time such as 2025-03-01T12:00:00Z is expected')

export const genericAlert = z
  .strictObject({
    status: z
      .enum(['firing', 'resolved', 'notice'])
      .default('notice')
      .describe('`notice` is told once; `firing` lasts until the same alert comes as `resolved`'),
    title: z.string().min(1).max(255).optional().describe('its name, where `labels` has no `alertname`'),
    labels: texts.optional().describe('texts by name: they make it this alert and no other, and route it'),
    severity: z
      .string()
      .optional()
      .describe('`info`, `warning`, `critical`, `emergency`, or a usual word for one of them. Default: `warning`'),
    summary: z.string().optional().describe('one line for people. Default: the title'),
    description: z.string().optional(),
    annotations: texts.optional().describe('further texts, which are kept'),
    runbookUrl: link.optional(),
    link: link.optional().describe('a page about it'),
    startsAt: instant.optional().describe('Default: now'),
    endsAt: instant.optional().describe('only with `resolved`. Default: now'),
  })
  .refine((alert) => alert.title !== undefined || (alert.labels?.alertname ?? '') !== '', {
    path: ['title'],
    error: 'a title, or labels with an alertname, is expected',
  })
  .refine((alert) => alert.endsAt === undefined || alert.status === 'resolved', {
    path: ['endsAt'],
    error: 'only what is resolved has an end',
  })
export type GenericAlert = z.output<typeof genericAlert>

/** What every hook that takes alerts answers once they are on disk. */
export const hookAnswer = z.object({
  accepted: z.int().describe('alerts that are written down'),
  rejected: z.int().describe('alerts of the same payload that could not be understood'),
  reasons: z.array(z.string()).describe('why, for the first few of them'),
})

/** Tolerant: another version of the program may send more. */
export const heartbeatBody = z.object({
  status: z.enum(['ok', 'well', 'ill']).default('ok').describe('`ok` and `well` are the same'),
  reasons: z.array(z.string().max(2000)).max(100).default([]).describe('why it is ill'),
  sender: z.string().max(255).optional().describe('who says it, for people'),
})

export const heartbeatAnswer = z.object({ ok: z.boolean(), code: z.string(), sentence: z.string() })

export const MOST_RELAY_KEYS = 1000

export const relayQuestion = z.object({
  keys: z.array(z.string().min(1).max(512)).max(MOST_RELAY_KEYS).describe('keys of events'),
})

export const relayAnswer = z.object({
  states: z
    .record(z.string(), z.enum(['delivered', 'held', 'unknown']))
    .describe('by key: whether any channel has it, it waits here, or nothing is known of it'),
})

export type Hook = {
  readonly method: string
  readonly path: string
  readonly says: string
  readonly body?: z.ZodType
  readonly answer: z.ZodType
}

/** What is taken in on the HTTP port, with a token; made into a section of docs/http-api.md. */
export const HOOKS = {
  alertmanager: {
    method: 'POST',
    path: '/hooks/alertmanager',
    says: 'The webhook of an Alertmanager, version 4. Each alert is looked at by itself; unknown fields are kept.',
    answer: hookAnswer,
  },
  proxmox: {
    method: 'POST',
    path: '/hooks/proxmox',
    says: 'The webhook target of Proxmox notifications, with the template of [hooks.md](hooks.md).',
    answer: hookAnswer,
  },
  generic: {
    method: 'POST',
    path: '/hooks/generic',
    says: 'One alert of a script or a program, in a form of our own. What does not fit is refused with the field’s name.',
    body: genericAlert,
    answer: hookAnswer,
  },
  heartbeats: {
    method: 'POST or GET',
    path: '/heartbeats/:name',
    says: 'A sign of life of somebody who is expected under this name. A body is optional.',
    body: heartbeatBody,
    answer: heartbeatAnswer,
  },
  relay: {
    method: 'POST',
    path: '/relay/states',
    says: 'For the other relay, with the token that both share: where events stand here.',
    body: relayQuestion,
    answer: relayAnswer,
  },
} as const satisfies Record<string, Hook>
