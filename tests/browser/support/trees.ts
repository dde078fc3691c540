/**
 * What a screen reader is told of each page of a link: the tree of its roles and names. A page with one element more or less, or
 * with another name, does not match.
 */
import { expect, type Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';

/** A page of one column. */
function column(...lines: string[]): string {
  return ['- /children: equal', '- main:', '  - /children: deep-equal', ...lines.map((line) => `  ${line}`)].join('\n');
}

const SENDER = '- text: /.+ rep@lastmile\\.example/';
const WRITE = '- link /^Write to .+/';
const INVALID = ' [invalid]';
/** Who asks, below what a gate asks for. */
const ASKED_BY = [SENDER, '- paragraph:', `  ${WRITE}`];

const PASSCODE = [
  '- heading "Enter the passcode" [level=1]',
  '- paragraph: /protected this link with a passcode\\. It is in the message that you got, or was told to you\\./',
];
const passcodeForm = (state = '') => ['- text: Passcode', `- textbox "Passcode"${state}`, '- button "Continue"', ...ASKED_BY];
const CODE = ['- heading "Type in the code" [level=1]', '- paragraph: /A code is on its way to .+@.+\\. It is good for 10 minutes and for one use\\./'];
const codeForm = (state = '') => [
  '- text: Code of six digits',
  `- textbox "Code of six digits"${state}`,
  '- button "Continue"',
  '- button "Send another code"',
  '- button "Use another address"',
  ...ASKED_BY,
];

/** A pitch of three single pages: the second script puts more around each, and a bar of tools below all. */
function pitch(where: string, shown: string[], ask: string, tools: string[]): string {
  const item = (n: number): string[] =>
    [
      '- heading [level=2]',
      '- figure:',
      '  - /children: equal',
      ...shown.map((line) => `  ${line}`),
      '  - group: Text of page N',
      ...(ask ? [`  ${ask}`] : []),
    ].map((line) => line.replaceAll('N', String(n)));
  return [
    '- /children: equal',
    '- banner:',
    '  - /children: equal',
    '  - paragraph: /.+ From .+/',
    `  - text: ${where}`,
    '  - button "Share"',
    '- main:',
    '  - /children: equal',
    '  - heading /.+/ [level=1]',
    '  - text: /.+ \\d{4}/',
    '  - paragraph: "As promised: the three pages we spoke of."',
    '  - group: Contents',
    ...[1, 2, 3].flatMap(item).map((line) => `  ${line}`),
    '- contentinfo:',
    '  - /children: equal',
    `  ${WRITE}`,
    '  - link "Search"',
    '  - link "Questions and answers"',
    '  - link "How viewing is measured"',
    ...tools,
  ].join('\n');
}

export const TREES = {
  passcode: column(...PASSCODE, ...passcodeForm()),
  'wrong passcode': column(...PASSCODE, '- alert: This is not the passcode. Please try again.', ...passcodeForm(INVALID)),
  'too many tries': column(...PASSCODE, '- alert: /This was tried too often\\. Please wait \\d+ minutes and try again\\./', ...passcodeForm(INVALID)),
  address: column(
    '- heading "Confirm your e-mail address" [level=1]',
    '- paragraph: /asks who opens this link\\. You get a code by mail; type it in on the next page\\./',
    '- text: Your e-mail address',
    '- textbox "Your e-mail address"',
    '- button "Send me a code"',
    ...ASKED_BY,
  ),
  code: column(...CODE, ...codeForm()),
  'wrong code': column(...CODE, '- alert: This code is not right, or has run out. Check it, or have another one sent.', ...codeForm(INVALID)),
  denied: column(
    '- heading "This link is for somebody else" [level=1]',
    '- paragraph: /This link was not made for .+@.+\\. If you have another address, try that; or ask .+\\./',
    '- button "Use another address"',
    ...ASKED_BY,
  ),
  terms: column(
    '- heading "Please accept the terms" [level=1]',
    '- paragraph: /Before you read on, .+ asks you to accept these terms\\./',
    '- heading /Confidentiality/ [level=2]',
    '- region /Confidentiality/: What you read here is meant for you. Do not pass it on without asking.',
    '- checkbox "I have read this and accept it"',
    '- text: I have read this and accept it',
    '- button "Continue"',
    ...ASKED_BY,
  ),
  revoked: column(
    '- heading "This link is no longer available" [level=1]',
    '- paragraph: Its sender has taken it back. If you still need what it showed, just ask.',
    SENDER,
    WRITE,
  ),
  expired: column(
    '- heading "This link has expired" [level=1]',
    '- paragraph: It was made for a limited time. If you still need what it showed, just ask for a new one.',
    SENDER,
    WRITE,
  ),
  'not yet': column(
    '- heading "This link does not open yet" [level=1]',
    '- paragraph: /It opens on \\d+ \\w+ \\d{4} at \\d\\d:\\d\\d UTC\\. Come back then; the address stays the same\\./',
    SENDER,
    WRITE,
  ),
  unknown: column(
    '- heading "This link does not exist" [level=1]',
    '- paragraph: Perhaps a part of the address was lost on the way. Try the link in the original message again, or ask whoever sent it to you.',
  ),
  'nothing here': column(
    '- heading "There is nothing here" [level=1]',
    '- alert: What was asked for is not, or no longer, part of what was sent to you.',
    '- link "Back to reading"',
    WRITE,
  ),
  shared: column(
    '- heading "The link is ready" [level=1]',
    '- paragraph: This link is for Dorothea Lind. Copy it, or send it by e-mail.',
    '- text: Their link',
    '- textbox "Their link": /\\/p\\//',
    '- link "Send by e-mail"',
    '- link "Back to reading"',
  ),
  search: column(
    '- heading "Search in these pages" [level=1]',
    '- search:',
    '  - text: Words',
    '  - searchbox "Words": sentence',
    '  - button "Search"',
    '  - link "Back to reading"',
    '- status: 60 pages have them.',
    '- list:',
    '  - /children: contain',
    '  - listitem:',
    '    - link /^Page 1\\W+Topic 1 .*The sentence of page 1/',
  ),
  questions: column(
    '- heading "Questions and answers" [level=1]',
    '- heading "Ask a question" [level=2]',
    '- paragraph: /.+ gets it with what you write here, and answers on this page\\./',
    '- text: Your question',
    '- textbox "Your question"',
    '- text: About page (leave empty for the whole)',
    '- spinbutton "About page (leave empty for the whole)"',
    '- text: Your name, if you like',
    '- textbox "Your name, if you like"',
    '- text: Your e-mail address, if the answer is to be mailed',
    '- textbox "Your e-mail address, if the answer is to be mailed"',
    '- button "Send"',
    '- link "Back to reading"',
  ),
  privacy: column(
    '- heading "How viewing is measured" [level=1]',
    '- paragraph: /.+ sent you this link and sees how it is used/',
    '- heading "What is recorded" [level=2]',
    '- paragraph: /^When you open the link/',
    '- paragraph: /^To tell people from mail scanners/',
    '- heading "What is kept on your device" [level=2]',
    '- paragraph: /^One cookie with a random name/',
    '- paragraph: /^If this link asks for something/',
    '- heading "What is kept if this link asks for something" [level=2]',
    '- paragraph: /^An address that you confirm/',
    '- heading "Your name" [level=2]',
    '- paragraph: /^This link was made for you/',
    '- button "View without my name"',
    '- heading "What does not happen" [level=2]',
    '- paragraph: /^Nothing is sent to other companies/',
    '- heading "A copy, or erasure" [level=2]',
    '- paragraph: /^This is about/',
    '- paragraph: /^Erasing takes/',
    '- link "Download a copy"',
    '- button "Erase it"',
    '- heading "Questions" [level=2]',
    '- paragraph:',
    `  ${WRITE}`,
    '  - text: /rep@lastmile\\.example/',
    '- link "Back to reading"',
  ),
  erased: column(
    '- heading "Your data is erased" [level=1]',
    '- status: /can be shown to be yours\\.|Gone for good/',
    '- paragraph:',
    '  - text: /^If you go on reading, a new visit begins\\./',
    '  - link',
    '  - text: .',
    '- link "Back to reading"',
    '- link "How viewing is measured"',
  ),
  pitch: pitch('1 / 3', ['- group "Page N":', '  - /children: contain', '  - img /^Page N\\W+./'], '- button "Ask about page N"', [
    '- navigation "Reading":',
    '  - toolbar "Reading":',
    '    - button "Contents"',
    '    - button "Search"',
    '    - button "Smaller"',
    '    - button "Larger"',
    '    - button "Keys"',
  ]),
  'pitch without scripts': pitch('3 pages', ['- link /^Page N\\W+./:', '  - img /^Page N\\W+./'], '', []),
};

export type Screen = keyof typeof TREES;

const SMALLEST_TARGET = 44;

/** The page is what it should be for a screen reader, and for axe in light and dark; it fits its window, and a thumb its targets. */
export async function expectTree(page: Page, screen: Screen): Promise<void> {
  await expect(page.locator('body')).toMatchAriaSnapshot(TREES[screen]);
  await expectAccessible(page, screen);
  const { wide, small } = await page.evaluate((smallest) => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const targets = [...document.querySelectorAll('button, .button, summary, textarea, .tick, input:not([type=hidden], [type=checkbox])')];
    const shown = targets.filter((one) => one.checkVisibility());
    return {
      wide: scrollWidth - clientWidth,
      small: shown.filter((one) => one.getBoundingClientRect().height < smallest).map((one) => one.outerHTML.slice(0, 120)),
    };
  }, SMALLEST_TARGET);
  expect(wide, `${screen}: fits its window`).toBeLessThanOrEqual(0);
  expect(small, `${screen}: targets for a thumb`).toEqual([]);
}
