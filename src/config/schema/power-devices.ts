import { z } from 'zod'
import type { DriverDeclaration } from '../registry.ts'
import { entryName, isUsableKey, UNUSABLE_KEY } from '../values.ts'

export const DEFAULT_MAX_WATTS = 150
const MOST_OUTLETS = 256

/** An outlet by number or by the device's own name for it; text in the program. */
export const outletNumber = () =>
  z
    .union([
      z.int('a whole number is expected').min(0, 'an outlet is numbered from 0').max(100_000),
      z
        .string()
        .regex(/^(?!\s)[^\p{Cc}]{1,128}(?<!\s)$/u, 'the name of an outlet is expected, without space around it')
        .refine(isUsableKey, UNUSABLE_KEY),
    ])
    .transform(String)

const outlet = z.strictObject({
  outlet: outletNumber().describe('Number (from 0, as the device counts) or name of the outlet.'),
  label: z.string().max(64).optional().describe('What hangs on it, for people.'),
  protected: z
    .boolean()
    .default(false)
    .describe('Never switched automatically, and by hand only with `--protected`. No host may be mapped to it.'),
  maxWatts: z
    .number()
    .positive('more than 0 watts are expected')
    .max(100_000)
    .default(DEFAULT_MAX_WATTS)
    .describe('Drawing more watts than this for long is told as an alert.'),
})

/** What every device has, whatever its driver. */
const ownKeys = {
  name: entryName().describe('Name of the device, by which hosts refer to it.'),
  outlets: z
    .array(outlet)
    .max(MOST_OUTLETS)
    .prefault([])
    .describe('Outlets worth a word. Those that hosts use need not be listed.'),
}

/** One device: the keys of every device and those of its driver. */
export function powerDevice(drivers: Readonly<Record<string, DriverDeclaration>>) {
  const variants = Object.values(drivers).map((declaration) => {
    for (const key of ['name', 'driver', 'outlets']) {
      // A driver that took one of these would silently hide it from the rest of the program.
      if (key in declaration.schema.shape) throw new TypeError(`driver ${declaration.driver} declares the key ${key}`)
    }
    const driver = z.literal(declaration.driver).describe('Which driver speaks to the device.')
    return declaration.schema.safeExtend({ ...ownKeys, driver })
  })
  return z.discriminatedUnion('driver', variants as never)
}
