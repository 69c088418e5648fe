import { z } from 'zod'

export const reloadAnswer = z.object({ ok: z.boolean(), sentence: z.string() })

export const backupRequest = z.strictObject({
  file: z.string().max(4096).startsWith('/', 'an absolute path is expected').describe('must not exist yet'),
})

export const backupAnswer = z.object({ file: z.string() })

export const exported = z.unknown().describe('the situation as `plan FILE` reads it; holds no secret')
