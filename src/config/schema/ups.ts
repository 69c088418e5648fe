import { z } from 'zod'
import { pinning } from '../../tls/pinning.ts'
import { duration, entryName, networkAddress, port, secret } from '../values.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const MOST = 64
const MAC = /^[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){5}$/

const percent = () => z.number().min(0).max(100)

const unit = z.strictObject({
  name: entryName().describe('Our name for it.'),
  server: networkAddress().describe('Where upsd runs.'),
  port: port().default(3493).describe('TCP port of upsd.'),
  upsName: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'the name of a UPS at upsd is expected, such as ups')
    .default('ups')
    .describe('Its name at upsd: `upsc -l` lists them.'),
  login: z
    .strictObject({
      username: z.string().min(1).describe('A user of upsd.users with `upsmon secondary`.'),
      password: secret().describe('Its password.'),
    })
    .optional()
    .describe('Without it nobody waits for our hosts: the primary may cut the power while they shut down.'),
  tls: pinning().optional(),
  nominalWatts: z.number().positive().optional().describe('What it can carry, where the UPS does not tell.'),
  deadAfter: duration(5_000, 10 * MINUTE_MS)
    .prefault('15s')
    .describe('Silent for longer it is not heard: last heard on battery it counts as on battery.'),
})

const fed = z.strictObject({
  host: z.string().min(1).describe('Name of a host.'),
  units: z.array(z.string().min(1)).min(1, 'at least one UPS is expected').max(8).describe('The UPSes that feed it.'),
  onBatteryWhen: z
    .enum(['any', 'all'])
    .default('any')
    .describe('With several: whether it is on battery when any of them is, or only when all are.'),
  shutdownBy: z
    .array(z.enum(['api', 'ssh']))
    .max(2)
    .optional()
    .describe('How it is shut down, the next way after two refusals. By default what `proxmox` has for its cluster.'),
  startBy: z
    .array(z.enum(['firmware', 'wake', 'outlet']))
    .max(3)
    .optional()
    .describe(
      'How it comes back, one way after the other: `firmware` waits for its own setting, `wake` sends a magic packet, `outlet` turns its power off and on once it is verified down. By default all that it has.',
    ),
  mac: z
    .string()
    .regex(MAC, 'a hardware address such as bc:24:11:00:00:01 is expected')
    .optional()
    .describe('For `wake`.'),
})

const phase = z
  .strictObject({
    name: entryName().describe('Name of the phase.'),
    after: duration(0, 24 * HOUR_MS)
      .optional()
      .describe('Time on battery after which it begins.'),
    chargeBelow: percent().optional().describe('It begins below this charge, in percent.'),
    runtimeBelow: duration(0, 24 * HOUR_MS)
      .optional()
      .describe('It begins when the UPS reckons with less than this.'),
    shed: z.array(z.string().min(1)).max(MOST).prefault([]).describe('Guests with one of these tags are shut down.'),
    hosts: z.array(z.string().min(1)).max(MOST).prefault([]).describe('Hosts that are shut down, guests first.'),
  })
  .refine(({ after, chargeBelow, runtimeBelow }) => (after ?? chargeBelow ?? runtimeBelow) !== undefined, {
    error: 'a phase needs a time to begin: after, chargeBelow or runtimeBelow',
    path: ['after'],
  })

export const ups = z
  .strictObject({
    units: z.array(unit).max(MOST).prefault([]).describe('UPSes, as upsd of Network UPS Tools serves them.'),
    hosts: z.array(fed).max(MOST).prefault([]).describe('Which host hangs on which UPS.'),
    primary: z
      .array(z.string().min(1))
      .max(MOST)
      .prefault([])
      .describe('Hosts that go last and come back first. Without any, the first of `hosts`.'),
    phases: z
      .array(phase)
      .max(16)
      .prefault([])
      .describe('When what is shut down. By default after 5 min all but the primary hosts, and those after 15 min.'),
    poll: duration(200, MINUTE_MS).prefault('1s').describe('Time between two looks at the status of a UPS.'),
    debounce: duration(0, 10 * MINUTE_MS)
      .prefault('30s')
      .describe('On battery for less is only recorded.'),
    margin: duration(0, HOUR_MS).prefault('2m').describe('Battery time that the plan never counts on.'),
    guestDown: duration(5_000, HOUR_MS).prefault('3m').describe('For a guest without a `down=` of its own.'),
    guestDeadline: duration(10_000, HOUR_MS).prefault('5m').describe('After this its node goes whatever a guest does.'),
    nodeDown: duration(5_000, HOUR_MS)
      .prefault('2m')
      .describe('What a node takes to go down, until that was measured.'),
    nodeDeadline: duration(30_000, HOUR_MS).prefault('5m').describe('After this a node has not shut down: it is told.'),
    haDeadline: duration(10_000, HOUR_MS).prefault('2m').describe('How long HA is given to let go of the watchdogs.'),
    stableFor: duration(0, 24 * HOUR_MS)
      .prefault('5m')
      .describe('So long mains has to last before it counts as back.'),
    returnCharge: percent().default(20).describe('No host is started below this charge, in percent.'),
    firmwareWait: duration(0, HOUR_MS).prefault('2m').describe('How long a host may take to start by itself.'),
    bootPatience: duration(MINUTE_MS, 4 * HOUR_MS)
      .prefault('10m')
      .describe('How long one way to start a host is tried.'),
    outletHold: duration(2_000, HOUR_MS)
      .prefault('10s')
      .describe('Between OFF and ON of an outlet that starts a host.'),
  })
  .prefault({})
  .describe('Power failures: what is shut down when, and how it comes back (docs/power-management-setup.md).')
