import { fraction, sfc32 } from '../../../generator/sfc32.ts'

/** Texts that mean something to a renderer of Markdown. */
export const hostileTexts = [
  '![p](http://evil.example/p.png)',
  '[click](javascript:alert(1))',
  '<img src=x onerror=alert(1)>',
  '<!-- --> <script>x</script>',
  '<http://evil.example>',
  'see http://evil.example/a?b=c#d, https://x.example and WWW.evil.example or www.evil.example',
  'mail ann@evil.example, mailto:ann@evil.example, xmpp:a@b.example/c',
  '[ref]: http://evil.example "title"',
  '![ref][ref]\n\n[ref]: http://evil.example',
  '[^1]: note [^1]',
  '&lt;b&gt; &#60; &amp; &copy;',
  '# head',
  'text\n===\n---\n***',
  '- a\n- b\n\n1. one\n2) two\n+ x',
  '1. one',
  '17) two',
  '> quote',
  '    code',
  '\tcode',
  '```js\nfoo()\n```',
  '~~~\nx\n~~~',
  '`code` ``more` ``',
  '**bold** __bold__ *it* _it_ ~~gone~~ ~gone~',
  '| a | b |\n| - | - |\n| 1 | 2 |',
  ':-- | --:',
  '- [ ] task\n- [x] task',
  'a  \nhard break\\\nanother',
  'back\\slash \\* \\\\',
  '{namespace} {workflowId} {runId}',
  'ends with a backslash \\',
  'a\u2028b\u2029c\u0085d\u000be\0f',
  'violates check constraint "refuses_refused-1" (user_id)',
  'plain text, with dots. And dashes - in the middle; 3.5 of 7 (50%)!',
  '',
  ' ',
]

const pieces = [
  ...Array.from('\\`*_{}[]()<>#+-.!|~&:/@=^"\'$%1a '),
  '\n',
  '\n\n',
  '    ',
  'http://',
  'https://x.y',
  'www.',
  'a@b.c',
  '![',
  '](',
  '&lt;',
  '```',
  '---',
  '1.',
  'ä',
  '\u2028',
]

/** Texts that are put together of what means something, the same ones each time. */
export function randomTexts(count: number): string[] {
  const bits = sfc32(19, 0)
  const below = (limit: number) => Math.floor(fraction(bits) * limit)
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + below(12) }, () => pieces[below(pieces.length)] ?? '').join(''),
  )
}
