const SENTENCES: Readonly<Record<string, string>> = {
  ALIAS_PROPS: 'an alias (*name) takes neither a tag nor an anchor',
  BAD_ALIAS: 'the alias (*name) is not well-formed',
  BAD_COLLECTION_TYPE: 'the tag does not fit what follows it',
  BAD_DIRECTIVE: 'the directive (%...) is not known',
  BAD_DQ_ESCAPE: 'a backslash in "double quotes" begins an escape that does not exist; use \'single quotes\'',
  BAD_INDENT: 'the indentation does not fit the lines above, or a bracket is not closed',
  BAD_PROP_ORDER: 'anchors and tags stand after the `-`, `?` or `:`',
  BAD_SCALAR_START: 'a value that begins with this character must be quoted',
  BLOCK_AS_IMPLICIT_KEY:
    'there is a second `: ` on this line, or the next line is indented under a value; quote the value or mend the indentation',
  BLOCK_IN_FLOW: 'a list or map by lines cannot stand inside [ ] or { }',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: 'a closing quote, bracket, comma or colon is missing',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line, and a `: ` is expected after it',
  MULTIPLE_ANCHORS: 'a value has more than one anchor (&name)',
  MULTIPLE_DOCS: 'a second document begins here (`---`); the configuration is one document',
  MULTIPLE_TAGS: 'a value has more than one tag (!name)',
  NON_STRING_KEY: 'a key must be plain text',
  TAB_AS_INDENT: 'a tab is used to indent; YAML takes spaces only',
  TAG_RESOLVE_FAILED: 'tags (!name) are not used in the configuration',
  UNEXPECTED_TOKEN: 'this is not expected here; perhaps a quote or a bracket is missing before it',
}

/**
 * A sentence for a code of the YAML parser. The parser's own messages quote the source, which may hold a secret, so
 * they are not used; only the name of a key that occurs twice is repeated.
 */
export function yamlSentence(code: string, text: string, offset: number): string {
  if (code === 'DUPLICATE_KEY') {
    const key = /^["']?([\w.-]{1,64})["']?\s*:/.exec(text.slice(offset, offset + 80))?.[1]
    return key === undefined ? 'a key is given twice in one map' : `\`${key}\` is given twice in one map`
  }
  return `not valid YAML: ${SENTENCES[code] ?? 'the text cannot be understood'}`
}
