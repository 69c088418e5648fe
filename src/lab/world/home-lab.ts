import type { WorldSpec } from './spec.ts'

/**
 * The deployment that this program was first made for: pve1-3 on outlets 0-2 of one strip, outlet 3 unused, the NAS
 * on outlet 4, pve4 on outlet 5.
 */
export function homeLab(): WorldSpec {
  const on = (outlet: number) => [{ strip: 'strip', outlet }]
  return {
    strips: [
      {
        name: 'strip',
        deviceId: '8006A1B2C3D4E5F60718293A4B5C6D7E8F901234',
        aliases: ['pve1', 'pve2', 'pve3', 'unused', 'nas', 'pve4'],
      },
    ],
    hosts: [
      { name: 'pve1', supplies: on(0) },
      { name: 'pve2', supplies: on(1) },
      { name: 'pve3', supplies: on(2) },
      { name: 'pve4', supplies: on(5) },
      { name: 'nas', cluster: 'storage', supplies: on(4), bootMs: 180_000 },
    ],
  }
}
