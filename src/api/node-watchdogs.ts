import { z } from 'zod'
import { finding } from './audit.ts'
import { future, past } from './moments.ts'

const DAY_MS = 86_400_000

const inCluster = z.string().min(1).optional().describe('where several clusters have a node of this name')

export const nodeWatchdogQuery = z.strictObject({ cluster: inCluster })

export const disarmRequest = z.strictObject({
  cluster: inCluster,
  by: z.string().min(1).max(200),
  reason: z.string().max(500).optional(),
  forMs: z
    .number()
    .min(60_000)
    .max(30 * DAY_MS)
    .optional()
    .describe('armed again after this, even after a crash; without it for good'),
  mode: z.enum(['freeze', 'ignore']).default('freeze').describe('what becomes of the services of HA meanwhile'),
  acceptsQuorumLoss: z.boolean().default(false),
})

export const armRequest = z.strictObject({ cluster: inCluster, by: z.string().min(1).max(200) })

export const nodeWatchdogAnswer = z.object({
  ok: z.boolean(),
  code: z.string().describe('stable: docs/audit.md'),
  sentence: z.string(),
})

const wish = z.object({
  goal: z.enum(['disarmed', 'armed']),
  forGood: z.boolean(),
  by: z.string(),
  reason: z.string().optional(),
  since: past,
  rearm: future.optional().describe('when it is armed again whatever happens'),
  settled: z.boolean(),
  note: z.string(),
})

export const nodeWatchdogWork = z.object({
  wish: wish.optional().describe('what is wanted of it; missing where nothing is'),
  working: z.boolean().describe('the end is not reached yet'),
  steps: z.array(z.object({ id: z.int(), at: past, sentence: z.string() })).describe('oldest first'),
})
export type NodeWatchdogWorkAnswer = z.infer<typeof nodeWatchdogWork>

const state = z.enum(['active', 'closed', 'unknown'])

export const nodeWatchdogStatus = nodeWatchdogWork.extend({
  cluster: z.string(),
  node: z.string(),
  armed: z.string().describe('HA of the whole cluster: armed, standby, disarming, disarmed, unknown'),
  online: z.boolean().optional(),
  lrm: z.object({ state: z.string(), watchdog: z.string() }).optional(),
  journal: z
    .object({
      mux: z.enum(['running', 'ended', 'unknown']),
      driver: z.string().optional(),
      lrm: state,
      crm: state,
      clients: z.array(z.int()).describe('PIDs that came; that one left is not told'),
    })
    .optional()
    .describe('as its journal tells since it booted'),
  inside: z
    .object({
      root: z.boolean(),
      marker: z.boolean().describe('clients of watchdog-mux are connected'),
      deviceNode: z.boolean(),
      holders: z.array(z.object({ device: z.string(), pid: z.int(), command: z.string() })),
      devices: z.array(
        z.object({
          name: z.string(),
          identity: z.string().optional(),
          timeoutS: z.number().optional(),
          state: z.string().optional(),
          nowayout: z.boolean().optional(),
        }),
      ),
      modules: z.array(z.string()),
      units: z.record(z.string(), z.object({ enabled: z.string(), active: z.string() })),
      configuredModule: z.string().optional(),
    })
    .optional()
    .describe('as SSH sees it'),
  trouble: z.array(z.string()).describe('what could not be looked at, and why'),
  findings: z.array(finding),
})
export type NodeWatchdogStatusAnswer = z.infer<typeof nodeWatchdogStatus>
