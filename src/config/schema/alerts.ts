import { z } from 'zod'
import { ALERT_SEVERITIES } from '../../core/alerts/types.ts'
import { matcherTrouble } from '../matchers.ts'
import { duration, entryName, timeOfDay, timeZone } from '../values.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const LONGEST_TIMER_MS = 20 * DAY_MS
const MOST = 1000

const matchers = () =>
  z
    .array(
      z.string().superRefine((text, context) => {
        const message = matcherTrouble(text)
        if (message !== undefined) context.addIssue({ code: 'custom', message })
      }),
    )
    .max(64)

const channelNames = () => z.array(z.string().min(1)).min(1, 'at least one channel is expected').max(64)

const receiver = z.strictObject({
  name: entryName().describe('Name of the receiver, by which routes refer to it.'),
  chain: z
    .array(
      z.union([
        z
          .string()
          .min(1)
          .transform((name) => [name]),
        channelNames(),
      ]),
    )
    .min(1, 'at least one channel is expected')
    .max(16)
    .describe(
      'Channels in the order in which they are tried: `[phone, mail]`. Those of an inner list get a message together: `[[chat, phone], mail]`.',
    ),
  escalateAfter: duration(1000, DAY_MS)
    .prefault('5m')
    .describe('The next step of the chain has the message, too, where nothing confirmed it for so long.'),
  criticalAllAtOnce: z.boolean().default(false).describe('Critical alerts go to every step of the chain at once.'),
  until: z
    .enum(['delivered', 'acknowledged'])
    .default('delivered')
    .describe('What confirms: the service’s word that it has the message, or a person’s `alerts ack`.'),
})

const route = z.strictObject({
  match: matchers()
    .prefault([])
    .describe('As in Alertmanager: `cluster=home`, `alertname!=X`, `host=~"pve.*"`. All must hold; none: everything.'),
  severity: z.array(z.enum(ALERT_SEVERITIES)).prefault([]).describe('Only these; none: all.'),
  receivers: z.array(z.string().min(1)).max(64).describe('Who is told. An empty list: nobody; the alert is recorded.'),
  continue: z.boolean().default(false).describe('Go on with the routes after this one.'),
})

const inhibition = z.strictObject({
  source: matchers().min(1).describe('While an alert fires that matches this,'),
  target: matchers().min(1).describe('those that match this are folded into it,'),
  equal: z
    .array(
      z.string().regex(/^[a-zA-Z_]\w*(?:=[a-zA-Z_]\w*)?$/, 'a label, or LABEL_OF_SOURCE=LABEL_OF_TARGET, is expected'),
    )
    .min(1, 'at least one label is expected: without one, any such alert would fold everything')
    .describe('where one of these labels agrees: `host`, or `host=node` where the other calls it so.'),
})

const quietHours = z
  .strictObject({
    from: timeOfDay().describe('When they begin, such as `"22:00"`.'),
    to: timeOfDay().describe('When they end: then everything held back comes as one digest.'),
    timeZone: timeZone().optional().describe('Default: that of this machine.'),
  })
  .optional()
  .describe('Hours in which only critical alerts are told.')

/** How alerts find their way to people. */
export const alerts = z
  .strictObject({
    sender: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .describe('Who says it, in messages. Default: the name of this machine.'),
    receivers: z
      .array(receiver)
      .max(MOST)
      .prefault([])
      .describe(
        'Who is told, and in which order of channels. None: one receiver `everybody`, with every channel at once.',
      ),
    routes: z
      .array(route)
      .max(MOST)
      .prefault([])
      .describe('Which alert goes to whom. What no route takes goes to the first receiver.'),
    inhibit: z
      .array(inhibition)
      .max(MOST)
      .prefault([])
      .describe(
        'Alerts that are folded into others, besides those of a dead host’s guests and services, which always are.',
      ),
    groupWait: duration(0, DAY_MS)
      .prefault('10s')
      .describe('How long an alert waits for others of its group, to come with them in one message.'),
    groupBy: z
      .array(z.string().regex(/^[a-zA-Z_]\w*$/, 'the name of a label is expected'))
      .max(16)
      .prefault(['cluster'])
      .describe('Alerts that agree in these labels make a group.'),
    remindEvery: duration(0, LONGEST_TIMER_MS)
      .prefault('4h')
      .describe('What fires and nobody acknowledged is told again after this; `0s`: never.'),
    expireAfter: duration(MINUTE_MS, LONGEST_TIMER_MS)
      .prefault('3d')
      .describe('A message that could not be delivered for so long goes to the dead letters.'),
    quietHours,
    runbookUrl: z
      .url({ protocol: /^https?$/, error: 'an address with http or https is expected' })
      .optional()
      .describe('Where the runbook of your copy is; links in our alerts lead there.'),
    disable: z
      .array(z.string().min(1))
      .max(MOST)
      .prefault([])
      .describe('Names of our own alerts that are never raised (docs/codes.md).'),
    drill: z
      .strictObject({
        every: duration(0, LONGEST_TIMER_MS)
          .prefault('24h')
          .describe('Time between two drills through every channel; `0s`: none by itself.'),
        at: timeOfDay()
          .optional()
          .describe('The time of day, such as `"09:00"`; without it, so long after the last one.'),
      })
      .prefault({})
      .describe('A marked message goes through every channel, so that a broken one is known before it is needed.'),
  })
  .prefault({})
  .describe('How alerts find their way to people.')
