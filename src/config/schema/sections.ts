import { z } from 'zod'
import { USUAL_STATE_DIRECTORY } from '../locate.ts'
import { duration, networkAddress, port } from '../values.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** The longest that a timer of the platform can run is 24.8 days: settings that become timers stay below. */
const LONGEST_TIMER_MS = 20 * DAY_MS

export const mode = z
  .enum(['dry-run', 'act'])
  .default('dry-run')
  .describe(
    '`dry-run` watches, decides and tells each power cycle that would have happened, but switches nothing. `act` switches.',
  )

export const stateDirectory = z
  .string()
  .min(1)
  .default(USUAL_STATE_DIRECTORY)
  .describe(
    'Where the state, the socket and the marks of outlets that are off are kept. Must survive a restart of the machine. A relative path is taken from the folder of this file. systemd’s STATE_DIRECTORY counts where this is not given.',
  )

export const http = z
  .strictObject({
    listen: networkAddress().default('0.0.0.0').describe('Address to listen on. What is served is read-only.'),
    port: port().default(8000).describe('TCP port of /metrics, /healthz, /readyz and /api/v1.'),
  })
  .prefault({})
  .describe('Metrics and the read-only HTTP API.')

export const log = z
  .strictObject({
    level: z
      .enum(['debug', 'info', 'warn', 'error'])
      .default('info')
      .describe('The least important level that is logged.'),
  })
  .prefault({})
  .describe('The log on standard output.')

export const history = z
  .strictObject({
    keep: duration(HOUR_MS).prefault('90d').describe('How long events are kept.'),
  })
  .prefault({})
  .describe('The history of events in the state.')

export const rounds = z
  .strictObject({
    interval: duration(100, HOUR_MS)
      .prefault('30s')
      .describe('Time between the begins of two rounds. Every probe must be able to end within it.'),
    failureThreshold: z
      .int()
      .min(1)
      .max(1000)
      .default(3)
      .describe('Silent rounds in a row after which a host counts as dead.'),
  })
  .prefault({})
  .describe('Each round asks every host and reference once, all together.')

export const onWedged = z.enum(['alert', 'cycle'])

export const offHold = () => duration(100, DAY_MS)
export const bootGrace = () => duration(0, DAY_MS)

export const recovery = z
  .strictObject({
    offHold: offHold().prefault('10m').describe('How long a host stays off, between the verified OFF and the ON.'),
    bootGrace: bootGrace()
      .optional()
      .describe('How long after an ON a silent host may still be booting. Default: the value of `offHold`.'),
    startupGrace: duration(0, DAY_MS)
      .optional()
      .describe(
        'How long after the start of the watchdog nothing is cut. Default: `rounds.interval` times `rounds.failureThreshold`.',
      ),
    maxCyclesPerOutage: z
      .int()
      .min(1)
      .max(100)
      .default(5)
      .describe('Power cycles of one host in one outage; then it is left to a person.'),
    maxCyclesPerDay: z.int().min(1).max(100).default(8).describe('Power cycles of one host in any 24 hours.'),
    clearAfterHealthy: duration(0, LONGEST_TIMER_MS)
      .prefault('30m')
      .describe('A host that was healthy for this long has ended its outage: its counter begins anew.'),
    cycleSpacing: duration(0, DAY_MS)
      .prefault('60s')
      .describe('Least time between the end of one power cycle and the begin of the next, of any host.'),
    onWedged: onWedged
      .default('alert')
      .describe('What to do where the kernel of a host answers but its userland does not: `alert` only, or `cycle`.'),
    heldAlertAfter: duration(0, LONGEST_TIMER_MS)
      .prefault('15m')
      .describe('A dead host that a guard holds back for longer than this is told again, as an alert.'),
    standbyWatts: z
      .number()
      .min(0)
      .max(1000)
      .default(5)
      .describe(
        'A silent host that draws this much or less was shut down rather than hung: it is told, and not cycled. 0 turns that off.',
      ),
    stormCanaryAfter: duration(0, LONGEST_TIMER_MS)
      .prefault('30m')
      .describe('When too many hosts are silent at once, and the references answer, one host is tried after this.'),
  })
  .prefault({})
  .describe('When a dead host is power-cycled, and when that stops.')

export const deviceCheck = duration(100, DAY_MS)
  .prefault('60s')
  .describe('Time between two looks at each power device, so that a broken one is known before it is needed.')
