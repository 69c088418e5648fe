import { readDocument, type SourceDocument } from '../config/document.ts'
import { isMap } from '../config/path.ts'
import { formatProblems } from '../config/problem.ts'

type Read = { readonly ok: true; readonly source: SourceDocument } | { readonly ok: false; readonly sentence: string }

/** The text of an alertmanager.yml as data with places; or why it is none. */
export function readAlertmanager(text: string, file: string): Read {
  // What a file without a word in it should hold, the reader of our own configuration would say of that.
  if (text.replaceAll(/^\s*#.*$/gm, '').trim() === '') return { ok: false, sentence: `${file} is empty.` }
  const { document, problems } = readDocument(text, file)
  if (document === undefined || problems.length > 0) return { ok: false, sentence: formatProblems(problems) }
  const { data } = document
  if (!isMap(data) || !(Object.hasOwn(data, 'route') || Object.hasOwn(data, 'receivers'))) {
    return { ok: false, sentence: `${file} is no configuration of Alertmanager: it has neither a route nor receivers.` }
  }
  return { ok: true, source: document }
}
