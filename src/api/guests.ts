import { z } from 'zod'
import { past } from './moments.ts'

export const guestsBrief = z.object({
  total: z.int().describe('without templates'),
  running: z.int(),
  stopped: z.int(),
  unknown: z.int().describe('of which nobody knows: their node is away, or has no quorum'),
  templates: z.int(),
  down: z.array(z.string()).describe('stopped although onboot or HA wants them to run, as `qemu/100`'),
  locked: z.array(z.string()),
  notBackedUp: z.int().optional().describe('in no backup job; missing where that could not be read'),
})
export type GuestsBrief = z.infer<typeof guestsBrief>

export const guest = z.object({
  id: z.string().describe('`qemu/100`, `lxc/101`'),
  vmid: z.int(),
  type: z.enum(['qemu', 'lxc']),
  name: z.string(),
  node: z.string(),
  running: z.boolean().nullable().describe('null where nobody knows'),
  shouldRun: z.boolean().nullable().describe('onboot, or started by HA; null where its settings are not known'),
  template: z.boolean(),
  tags: z.array(z.string()),
  lock: z.string().optional(),
  haState: z.string().optional(),
  haRequested: z.string().optional(),
  onboot: z.boolean().optional(),
  order: z.number().optional().describe('in which it starts'),
  agent: z.boolean().optional(),
  watchdog: z.string().optional(),
  addresses: z.array(z.string()),
  task: z.string().optional().describe('what runs on it now'),
  uptimeS: z.number(),
  cpuRatio: z.number(),
  cpus: z.number(),
  memoryBytes: z.number(),
  memoryMaxBytes: z.number(),
  backedUp: z.boolean().optional().describe('whether a backup job covers it'),
  lastBackup: past.optional().describe('the last that came well, as far as the task lists tell'),
  ageMs: z.number().describe('how old this is'),
})
export type Guest = z.infer<typeof guest>

export const guests = z.object({
  cluster: z.string(),
  trusted: z.boolean().describe('a fresh view with quorum tells; otherwise this is only what was last known'),
  guests: z.array(guest),
})
export type Guests = z.infer<typeof guests>
