import { z } from 'zod'
import { matcherTrouble } from '../matchers.ts'
import type { HeartbeatDeclaration, ProbeDeclaration } from '../registry.ts'
import { duration, entryName, networkAddress, secret } from '../values.ts'
import { probeList } from './probes.ts'

const DAY_MS = 86_400_000
const MOST = 256

/** Somebody outside who is told regularly that all is well, and notices when that stops. */
export function heartbeat(heartbeats: Readonly<Record<string, HeartbeatDeclaration>>) {
  const variants = Object.values(heartbeats).map((declaration) => {
    for (const key of ['name', 'type', 'every']) {
      if (key in declaration.schema.shape) throw new TypeError(`heartbeat ${declaration.type} declares the key ${key}`)
    }
    return declaration.schema.safeExtend({
      name: entryName().describe('Name of the heartbeat, in messages and metrics.'),
      type: z.literal(declaration.type).describe('Which service it is.'),
      every: duration(12_000, DAY_MS)
        .prefault('60s')
        .describe('Time between two heartbeats. Services take no more than five a minute.'),
    })
  })
  return z.discriminatedUnion('type', variants as never)
}

const expectation = z.strictObject({
  name: entryName().describe('Name of the sender: it calls /heartbeats/NAME.'),
  every: duration(1000, 30 * DAY_MS)
    .optional()
    .describe('The time between two heartbeats. Without it the true period is learned.'),
  grace: duration(0, 30 * DAY_MS)
    .optional()
    .describe('How much later than that one may come. Default: twice the period, at least 90 s.'),
  alert: z
    .array(
      z.string().superRefine((text, context) => {
        const message = matcherTrouble(text)
        if (message !== undefined) context.addIssue({ code: 'custom', message })
      }),
    )
    .min(1)
    .optional()
    .describe(
      'An alert that comes in by /hooks/alertmanager and is a sign of life, such as `[alertname=Watchdog]`. It is told to nobody.',
    ),
  token: secret().optional().describe('Bearer token of this sender. Default: that of `hooks`.'),
})

/** The outside dead man's switch. */
export function deadman(probes: Readonly<Record<string, ProbeDeclaration>>) {
  return z
    .strictObject({
      expect: z
        .array(expectation)
        .max(MOST)
        .prefault([])
        .describe(
          'Whose signs of life are expected. Who falls silent, or says that it is ill, is told by our channels.',
        ),
      probe: z
        .array(
          z.strictObject({
            name: entryName().describe('Name of the address, in messages.'),
            address: networkAddress().describe('A public address of the site that is watched from outside.'),
            probes: probeList(probes, ['https']).describe('What is asked each round.'),
          }),
        )
        .max(MOST)
        .prefault([])
        .describe('Addresses that are watched from outside, so that a site that is down as a whole still pages.'),
    })
    .prefault({})
    .describe(
      'The dead man’s switch for another watchdog: on a machine elsewhere this section and a channel are enough.',
    )
}
