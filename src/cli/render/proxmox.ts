import type { ClusterCheck, FeatureCheck } from '../../app/proxmox/check.ts'
import type { EndpointCheck } from '../../app/proxmox/check-endpoint.ts'
import { FEATURES } from '../../core/audit/access/features.ts'
import { tame } from '../text/paint.ts'
import { wrap } from '../text/table.ts'
import type { Canvas } from './status.ts'

/** One cluster: each endpoint with what it told, each feature with what it lacks, and what to run. */
export function renderProxmoxCheck(check: ClusterCheck, canvas: Canvas): string {
  const { paint, columns } = canvas
  const word = check.ok ? paint('green', 'all is well') : paint('red', 'something is missing')
  const lines = [`${paint('bold', `Cluster ${tame(check.cluster)}`)}: ${word}`]
  for (const endpoint of check.endpoints) lines.push(...endpointLines(endpoint, canvas))
  if (check.endpoints.length === 0) lines.push('  No endpoint is configured: it cannot be asked.')
  if (check.features.length > 0) lines.push('', '  What its token may do:')
  for (const feature of check.features) lines.push(...featureLines(feature, canvas))
  if (check.mend.length > 0) {
    lines.push('', wrap('  To mend it, run what this prints as root on a node of the cluster:', columns, '  '))
    for (const command of check.mend) lines.push(`    ${tame(command)}`)
  }
  return lines.join('\n')
}

function endpointLines(endpoint: EndpointCheck, { paint, columns }: Canvas): string[] {
  const { ok, asked, trouble } = endpoint
  const mark = !asked ? paint('yellow', 'not asked') : ok ? paint('green', 'ok') : paint('red', endpoint.code ?? 'no')
  const facts = factsOf(endpoint)
  return [
    `  ${tame(endpoint.endpoint)}: ${mark}${facts.length === 0 ? '' : `, ${facts.map(tame).join(', ')}`}`,
    ...(endpoint.fingerprint === undefined ? [] : [`    certificate ${tame(endpoint.fingerprint)}`]),
    ...trouble.map((sentence) => wrap(`    ${tame(sentence)}`, columns, '    ')),
  ]
}

const TRUST = {
  fingerprint: 'fingerprint pinned',
  ca: 'CA pinned',
  system: 'certificate checked by the usual authorities',
  nothing: 'certificate not checked',
} as const

function factsOf({ node, version, clusterName, quorate, clockOffsetS, tokenAccepted, trust }: EndpointCheck): string[] {
  return [
    ...(node === undefined ? [] : [node]),
    ...(version === undefined ? [] : [`Proxmox VE ${version}`]),
    ...(clusterName === undefined ? [] : [`cluster '${clusterName}'`]),
    ...(quorate === undefined ? [] : [quorate ? 'quorate' : 'without quorum']),
    ...(clockOffsetS === undefined ? [] : [`clock off by ${clockOffsetS} s`]),
    ...(tokenAccepted === undefined ? [] : [tokenAccepted ? 'token accepted' : 'token refused']),
    ...(trust === undefined ? [] : [TRUST[trust]]),
  ]
}

function featureLines({ feature, wanted, missing }: FeatureCheck, { paint, columns }: Canvas): string[] {
  const name = feature.padEnd(13)
  const remark = wanted ? '' : ' (not configured)'
  if (missing.length === 0) {
    return [`    ${paint(wanted ? 'green' : 'dim', 'yes')}  ${name}  ${FEATURES[feature].means}${remark}`]
  }
  const lacks = missing.map(({ path, privilege }) => `${privilege} on ${tame(path)}`).join(', ')
  return [
    wrap(
      `    ${paint(wanted ? 'red' : 'dim', 'no ')}  ${name}  ${FEATURES[feature].means}${remark}: lacks ${lacks}`,
      columns,
      '                        ',
    ),
  ]
}
