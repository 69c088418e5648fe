import { z } from 'zod'
import { HISTORY_METRICS } from '../core/history/metrics.ts'
import { TIMEFRAMES } from '../core/history/timeframe.ts'
import { instant } from './moments.ts'

export const historyQuery = z
  .strictObject({
    cluster: z.string().min(1).max(253).optional().describe('needed where there are several'),
    target: z
      .string()
      .min(1)
      .max(253)
      .optional()
      .describe('a node, a guest by number, id or name, or `storage/NODE/NAME`; without it the whole cluster'),
    metric: z.enum(HISTORY_METRICS),
    from: z.iso.datetime({ offset: true }).optional().describe('an hour before `to` without it'),
    to: z.iso.datetime({ offset: true }).optional().describe('now without it'),
    cf: z.enum(['AVERAGE', 'MAX']).default('AVERAGE').describe('the average of each interval, or its highest value'),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
    path: ['from'],
    message: '`from` must be before `to`',
  })
export type HistoryQuery = z.infer<typeof historyQuery>

export const historyLine = z.object({
  name: z.string(),
  unit: z.enum(['ratio', 'bytes-per-second', 'load']),
  min: z.number().optional().describe('this and `avg` and `max` are missing where nothing was recorded'),
  avg: z.number().optional(),
  max: z.number().optional(),
  points: z.array(
    z.object({ timeS: z.number().describe('Unix time'), value: z.number().nullable().describe('null: not recorded') }),
  ),
})
export type HistoryLine = z.infer<typeof historyLine>

export const history = z.object({
  cluster: z.string(),
  target: z.string().describe('`node/pve1`, `qemu/100`, `storage/pve1/local`, or `cluster`'),
  title: z.string().describe('for people'),
  metric: z.enum(HISTORY_METRICS),
  cf: z.enum(['AVERAGE', 'MAX']),
  from: instant,
  to: instant,
  timeframe: z.enum(TIMEFRAMES.map(([name]) => name)).describe('of the round-robin data of Proxmox'),
  resolutionS: z.number().nullable().describe('seconds from one point to the next; null where there are not two'),
  reaches: z.boolean().describe('false: it begins before what is kept or was recorded'),
  firstDataS: z.number().optional().describe('the first point that has a value'),
  lines: z.array(historyLine),
  missing: z.array(z.string()).describe('a sentence for each node whose data could not be had, or is not there'),
})
export type History = z.infer<typeof history>
