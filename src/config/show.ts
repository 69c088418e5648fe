import { Document, isCollection, isMap, isScalar, isSeq, type Node, visit } from 'yaml'
import { complete } from './complete.ts'
import type { Configuration } from './configuration.ts'
import { configurationJsonSchema } from './json-schema.ts'
import type { Written } from './load.ts'
import type { Registries } from './registry.ts'

const WIDEST_FLOW_ITEMS = 4

/**
 * The configuration in force as YAML that can be loaded again: everything that holds by default is written out, and a
 * remark says what did not come from the file. Secrets are references, as they are in the file.
 */
export function showConfiguration(configuration: Configuration, written: Written, registries: Registries): string {
  const { data, remarks } = complete(configuration, written, configurationJsonSchema(registries))
  const document = new Document(data, { aliasDuplicateObjects: false })
  const origin = configuration.file === undefined ? 'the environment' : configuration.file
  document.commentBefore = ` The configuration in force, from ${origin}.`
  const remarked = remarks.map(({ path, remark }) => ({ node: document.getIn(path, true) as Node | undefined, remark }))
  for (const { node, remark } of remarked) if (isScalar(node)) node.comment = ` ${remark}`
  visit(document, { Collection: (_key, node) => shorten(node) })
  for (const { node, remark } of remarked) {
    if (!isCollection(node)) continue
    if (node.flow === true) node.comment = ` ${remark}`
    else node.commentBefore = ` ${remark}`
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: true })
}

/** Short maps such as an outlet or a secret read better on one line; a remark needs a line of its own. */
function shorten(node: Node): void {
  if (isMap(node)) node.flow = isShortMap(node)
  if (isSeq(node)) node.flow = node.items.length <= WIDEST_FLOW_ITEMS && node.items.every(isFlowItem)
}

const isPlainScalar = (node: unknown) => isScalar(node) && !node.comment

function isShortMap(node: unknown): boolean {
  return isMap(node) && node.items.length <= 2 && node.items.every((pair) => isPlainScalar(pair.value))
}

function isFlowItem(node: unknown): boolean {
  return isPlainScalar(node) || isShortMap(node)
}
