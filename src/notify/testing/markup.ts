/** What people and machines put into labels to break out of a channel's text, or by mistake. */
export const MARKUP = [
  '@everyone @here <@1> <@&2> <#3> <!channel> <!here|x> <@U123> @channel',
  '**bold** *it* _it_ ~~no~~ ~no~ ||spoiler|| `code` ```js\nblock```',
  '# heading\n## heading\n-# small\n- list\n+ list\n> quote\n>>> quotes\n1. one',
  '- first',
  '# first',
  '[click](https://evil.example) <https://evil.example|bank> https://evil.example/a_b_c',
  '<b>bold</b> <a href="https://evil.example">x</a> &lt;b&gt; &amp; & < > </b> <script>',
  'a\r\nBcc: eve@example.org\r\n\r\nbody \u0000\u0007\u001b[31m',
  '\u202egnp.exe\u202c \u2066x\u2069 \u200b \ufeff \u2028 x',
  'half \ud83d and half \udd25, whole 🔥👨‍👩‍👧',
  '\\ \\\\ \\* \\@everyone :fire: <:x:1> <t:1:R>',
]
