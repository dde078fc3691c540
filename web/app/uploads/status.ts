/** How far a file has come, in words. Pure, so that the dialog and the dock say the same. */
import { bytes, number, plural } from '../lib/format.ts';
import type { Upload } from './uploads.svelte.ts';

const FORMATS: Record<string, string> = {
  pdf: 'PDF', pptx: 'PowerPoint', docx: 'Word', xlsx: 'Excel', odp: 'OpenDocument slides', odt: 'OpenDocument text', ods: 'OpenDocument sheet',
  html: 'Web page', markdown: 'Markdown', text: 'Text', png: 'PNG picture', jpeg: 'JPEG picture', webp: 'WebP picture', gif: 'GIF picture',
  svg: 'SVG picture', mp4: 'MP4 video', webm: 'WebM video', zip: 'ZIP archive',
};

export const formatOf = (format: string): string => FORMATS[format] ?? format.toUpperCase();

export function statusOf(one: Upload): string {
  const size = bytes(one.total);
  switch (one.state) {
    case 'waiting':
      return `Waiting, ${size}`;
    case 'sending':
      return `Sending, ${bytes(one.sent)} of ${size}`;
    case 'paused':
      return one.problem ? `Connection lost at ${bytes(one.sent)} of ${size}` : `Paused at ${bytes(one.sent)} of ${size}`;
    case 'interrupted':
      return `Interrupted at ${bytes(one.sent)} of ${size}. Choose the file again to go on.`;
    case 'looking':
      return 'Sent, being checked';
    case 'here':
      return [one.view?.format ? formatOf(one.view.format) : undefined, size].filter(Boolean).join(', ');
    case 'asking':
      return 'Is this a new version?';
    case 'entering':
      return 'Being added';
    case 'converting':
      return one.pages.total ? `Converting, ${number(one.pages.done)} of ${plural(one.pages.total, 'page')}` : 'Waiting for conversion';
    case 'ready':
      if (one.importId) return 'Its files are being looked through';
      return one.pages.total ? `Ready, ${plural(one.pages.total, 'page')}` : 'Ready';
    default:
      return one.problem?.title ?? 'Failed';
  }
}
