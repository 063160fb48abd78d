import { errorCodes, errorDetails } from '../api/context/error-codes.ts'
import { warningCodes } from '../api/context/warnings.ts'
import { generatedPage, markdownTable } from './generated-page.ts'

const intro = `# Errors

<!-- Made by \`npm run errors\` from api/context/error-codes.ts and warnings.ts; change it there. -->

A question that cannot be answered is null. \`errors\` has why: a message for people that says how to ask instead, the \`path\` of
the field, and \`extensions.code\`, which is one of this list. The other fields are answered. An error without a \`path\` is about
the whole request.

\`\`\`json
{
  "data": { "measures": null },
  "errors": [
    {
      "message": "the range has 44640 minutes, more than the cap of 10000: ask for a shorter range or a coarser bucket",
      "path": ["measures"],
      "extensions": { "code": "ANSWER_TOO_LARGE", "argument": "bucket", "cap": 10000, "asked": 44640 }
    }
  ]
}
\`\`\`

Commands answer a union of their result and its errors instead (\`... on Error { message }\`), and have codes only for what is
wrong with the request.

## Codes
`

const warnings = `## Warnings

An answer that is right may not be what was meant. \`extensions.warnings\` of the response then has one of these codes, with a
message for people, the \`path\` of the field and the \`argument\`.
`

/** Makes the text of docs/errors.md: every code that the API gives, what comes with it, and every warning. */
export async function errorsPage(file: string): Promise<string> {
  const codes = Object.entries(errorCodes).map(([code, { when, details }]) => [
    `\`${code}\``,
    when,
    details.map((detail) => `\`${detail}\``).join(', '),
  ])
  const details = Object.entries(errorDetails).map(([detail, meaning]) => [`\`${detail}\``, meaning])
  return await generatedPage(file, [
    intro,
    markdownTable(['Code', 'When', 'May come with'], codes),
    '## What comes with a code\n',
    markdownTable(['In `extensions`', 'Meaning'], details),
    warnings,
    markdownTable(
      ['Code', 'When'],
      Object.entries(warningCodes).map(([code, when]) => [`\`${code}\``, when]),
    ),
  ])
}
