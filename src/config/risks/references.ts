import type { RiskRule } from './risk.ts'

export const noReference: RiskRule = ({ references, hosts }) => {
  if (references.length > 0 || !hosts.some(({ levels }) => levels.length > 0)) return []
  return [
    {
      code: 'no-reference',
      sentence: 'No reference target is configured: a fault of our own network looks like dead hosts.',
      remedy: 'Add the gateway, and something beyond the switch, under `references`.',
    },
  ]
}

export const referenceIsHost: RiskRule = ({ references, hosts }) => {
  return references.flatMap((reference) => {
    const host = hosts.find(({ address, levels }) => address === reference.address && levels.length > 0)
    if (host === undefined) return []
    return [
      {
        code: 'reference-is-host',
        sentence: `The reference ${reference.name} is the host ${host.name}: when it dies, our own network seems to be at fault.`,
        remedy: 'Choose a reference that is not power-cycled, such as the gateway.',
      },
    ]
  })
}
