import { list } from '../phrase.ts'
import type { ClusterModel, StorageModel } from './model-types.ts'

/**
 * Checks of Ceph under which no further part may be lost: data that cannot be reached or is damaged, and a store that is
 * full. Not here, on purpose: what a dead host itself brings about (OSD_DOWN, OSD_HOST_DOWN, MON_DOWN, PG_DEGRADED), or
 * it could never be brought back, and what blocks nothing (flags such as noout, clock skew, versions, crashes).
 */
const BLOCKING =
  /^(?:PG_AVAILABILITY|PG_DAMAGED|PG_RECOVERY_FULL|PG_BACKFILL_FULL|OSD_FULL|OSD_BACKFILLFULL|POOL_FULL|OBJECT_UNFOUND|OSD_SCRUB_ERRORS|OSD_OUT_OF_ORDER_FULL|FS_DEGRADED|MDS_ALL_DOWN|MDS_DAMAGE)\b/

/** Why no power may be cut now, as far as storage goes: a shared one of guests is gone everywhere, or Ceph is in trouble. */
export function storageTrouble({ storages, ceph }: Pick<ClusterModel, 'storages' | 'ceph'>): string | undefined {
  const gone = [...sharedOfGuests(storages)].filter(([, those]) => isGone(those)).map(([storage]) => storage)
  if (gone.length > 0) {
    const many = gone.length > 1
    return `The shared ${many ? 'storages' : 'storage'} ${list(gone)} ${many ? 'are' : 'is'} active on no node.`
  }
  return ceph?.fresh === true ? cephTrouble(ceph.value) : undefined
}

/** Undefined where losing a host is no worse than usual. */
export function cephTrouble({ health, checks }: NonNullable<ClusterModel['ceph']>['value']): string | undefined {
  const blocking = checks.filter((check) => BLOCKING.test(check))
  if (blocking.length > 0) return `Ceph is ${health}: ${list(blocking.slice(0, 3))}.`
  if (health !== 'HEALTH_ERR') return undefined
  return `Ceph is HEALTH_ERR${checks.length === 0 ? '' : `: ${list(checks.slice(0, 3))}`}.`
}

export function sharedOfGuests(storages: readonly StorageModel[]): ReadonlyMap<string, readonly StorageModel[]> {
  const shared = new Map<string, StorageModel[]>()
  for (const storage of storages) {
    if (!storage.shared || !holdsGuests(storage)) continue
    shared.set(storage.storage, [...(shared.get(storage.storage) ?? []), storage])
  }
  return shared
}

export function holdsGuests({ content }: StorageModel): boolean {
  return /(?:^|,)\s*(?:images|rootdir)\s*(?:,|$)/.test(content)
}

/** Of those nodes that tell at all. */
function isGone(those: readonly StorageModel[]): boolean {
  const told = those.filter(({ active }) => active !== undefined)
  return told.length > 0 && told.every(({ active }) => active === false)
}
