import { z } from 'zod'

export const finding = z.object({
  code: z.string().describe('stable: docs/audit.md'),
  severity: z.enum(['info', 'warning', 'critical']),
  cluster: z.string().optional(),
  node: z.string().optional(),
  sentence: z.string(),
  why: z.string(),
  remedy: z.string().describe('what to do'),
})
export type AuditFinding = z.infer<typeof finding>

export const auditAnswer = z.object({ findings: z.array(finding).describe('the worst first') })
