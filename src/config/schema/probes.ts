import { z } from 'zod'
import type { ProbeDeclaration } from '../registry.ts'
import { sentenceOf } from '../sentences.ts'

export type ProbeEntry = string | Readonly<Record<string, Record<string, unknown>>>

const MOST_PROBES = 16

/** A probe as it is configured: the name of its kind, or a map of that name to its settings. */
function probeEntry(probes: Readonly<Record<string, ProbeDeclaration>>): z.ZodType<ProbeEntry> {
  const kinds = Object.keys(probes)
  const byName = z.enum(kinds).superRefine((kind, context) => {
    // The bare name stands for the defaults; a kind that cannot do without settings says so here.
    const parsed = (probes[kind] as ProbeDeclaration).schema.safeParse({}, { error: sentenceOf })
    const issue = parsed.error?.issues[0]
    if (issue === undefined) return
    const needed = `\`${issue.path.join('.')}\`: ${issue.message}`
    context.addIssue({ code: 'custom', message: `a \`${kind}\` probe needs settings, { ${kind}: { ... } }: ${needed}` })
  })
  const shape = Object.fromEntries(kinds.map((kind) => [kind, (probes[kind] as ProbeDeclaration).schema.optional()]))
  const withSettings = z
    .strictObject(shape)
    .refine((entry) => Object.keys(entry).length === 1, {
      error: 'one probe kind is expected in each entry of the list',
      // An unknown kind is told as such, not as the lack of one.
      when: ({ issues }) => issues.length === 0,
    })
    .meta({ minProperties: 1, maxProperties: 1 })
  return z.union([byName, withSettings]) as unknown as z.ZodType<ProbeEntry>
}

/** The probes of a host or reference. `fallback` is what counts where none are given. */
export function probeList(probes: Readonly<Record<string, ProbeDeclaration>>, fallback: readonly string[]) {
  return z
    .array(probeEntry(probes))
    .min(1, 'at least one probe is expected')
    .max(MOST_PROBES)
    .prefault(fallback.filter((kind) => Object.hasOwn(probes, kind)))
}
