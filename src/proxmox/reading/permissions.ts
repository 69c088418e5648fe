import { flag, row } from './loose.ts'

/** `GET /access/permissions`: path to privileges; a value of 0 or 1 tells whether it is inherited further, not whether it is had. */
export function readPermissions(data: unknown): Readonly<Record<string, readonly string[]>> | undefined {
  const told = row(data)
  if (told === undefined) return undefined
  const paths = Object.entries(told).map(
    ([path, privileges]) =>
      [
        path,
        Object.entries(row(privileges) ?? {})
          .filter(([, propagate]) => flag(propagate) || propagate === 0 || propagate === '0')
          .map(([name]) => name)
          .sort(),
      ] as const,
  )
  return Object.fromEntries(paths)
}
