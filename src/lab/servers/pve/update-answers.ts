import { hash } from '../../world/cluster/journal.ts'
import type { Answer } from './call.ts'

/** Packages that wait, as apt names them: with capitals. */
export const updates: Answer = ({ node }) => {
  return node.updates.map(({ package: name, from, to }) => ({
    Package: name,
    Title: name,
    Description: name,
    OldVersion: from,
    Version: to,
    Origin: 'Proxmox',
    Arch: 'amd64',
    Section: 'admin',
    Priority: 'optional',
  }))
}

const INSTALLED = ['proxmox-ve', 'pve-manager', 'corosync', 'libknet1', 'pve-ha-manager', 'pve-cluster'] as const

/** What is installed; the running kernel is told with the package of the release, the newest one has its own row. */
export const versions: Answer = ({ node, version }) => {
  const row = (name: string, installed: string) => ({
    Package: name,
    Title: name,
    Description: name,
    Version: installed,
    OldVersion: installed,
    CurrentState: 'Installed',
    Origin: 'Proxmox',
    Arch: 'amd64',
    Section: 'admin',
    Priority: 'optional',
  })
  const manager = version === '7.4' ? '7.4-17' : version === '8.4' ? '8.4.14' : '9.2.11'
  const kernels = [...new Set([node.newestKernel, node.runningKernel])]
  return [
    ...INSTALLED.map((name) => {
      const own = row(name, name === 'pve-manager' ? manager : `${version}.0`)
      if (name === 'proxmox-ve') return { ...own, RunningKernel: node.runningKernel }
      return name === 'pve-manager' ? { ...own, ManagerVersion: manager, RunningKernel: node.runningKernel } : own
    }),
    ...kernels.map((kernel) => row(`proxmox-kernel-${kernel}-signed`, kernel.replace(/-pve$/, ''))),
    { ...row('ceph-fuse', '19.2.3-pve1'), CurrentState: 'NotInstalled' },
  ]
}

export const certificates: Answer = ({ node, wall }) => {
  const fingerprint = Array.from({ length: 32 }, (_, index) => hash(`${node.name}/pem/${index}`) % 256)
  const notafter = wall.s(node.certificateUntilMs)
  const one = (filename: string, subject: string) => ({
    filename,
    subject,
    issuer: '/CN=Proxmox Virtual Environment/OU=lab/O=PVE Cluster Manager CA',
    fingerprint: fingerprint.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(':'),
    notbefore: notafter - 730 * 86_400,
    notafter,
    'public-key-type': 'rsaEncryption',
    'public-key-bits': 2048,
    san: [node.address, node.name, `${node.name}.lab.invalid`],
    pem: '-----BEGIN CERTIFICATE-----\nbGFiIG9ubHk=\n-----END CERTIFICATE-----\n',
  })
  return [
    { ...one('pve-root-ca.pem', '/CN=Proxmox Virtual Environment/OU=lab/O=PVE Cluster Manager CA'), san: [] },
    one('pve-ssl.pem', `/OU=PVE Cluster Node/O=Proxmox Virtual Environment/CN=${node.name}.lab.invalid`),
  ]
}
