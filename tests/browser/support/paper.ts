/** Small PDF files, a page per entry: the first line is the heading. */
export function pdf(pages: string[][]): Buffer {
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    `<</Type/Pages/Kids[${pages.map((_, at) => `${4 + at * 2} 0 R`).join(' ')}]/Count ${pages.length}>>`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>',
  ];
  pages.forEach((lines, at) => {
    const drawing = lines.map((line, row) => `BT /F1 ${row === 0 ? 34 : 18} Tf 60 ${row === 0 ? 440 : 400 - row * 30} Td (${line}) Tj ET\n`).join('');
    objects.push(
      `<</Type/Page/Parent 2 0 R/MediaBox[0 0 960 540]/Resources<</Font<</F1 3 0 R>>>>/Contents ${5 + at * 2} 0 R>>`,
      `<</Length ${drawing.length}>>stream\n${drawing}endstream`,
    );
  });
  let file = '%PDF-1.7\n';
  const places = objects.map((object, at) => {
    const place = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const table = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  for (const place of places) file += `${String(place).padStart(10, '0')} 00000 n \n`;
  file += `trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}

/** The same, with two links on the first page: its heading leads to another page, its second line to the web. */
export function linkedPdf(pages: string[][], { to, url }: { to: number; url: string }): Buffer {
  const plain = pdf(pages).toString('latin1');
  const annots =
    `/Annots[<</Type/Annot/Subtype/Link/Rect[60 430 400 470]/Dest[${4 + (to - 1) * 2} 0 R/Fit]>>` +
    `<</Type/Annot/Subtype/Link/Rect[60 365 400 390]/A<</S/URI/URI(${url})>>>>]`;
  // The places in the table of objects shift by as much as is put in.
  const at = plain.indexOf('/MediaBox');
  const moved = plain.slice(0, at) + annots + plain.slice(at);
  return Buffer.from(
    moved
      .replace(/^(\d{10}) 00000 n $/gm, (line, place: string) => (+place > at ? `${String(+place + annots.length).padStart(10, '0')} 00000 n ` : line))
      .replace(/startxref\n(\d+)/, (_, table: string) => `startxref\n${+table + annots.length}`),
    'latin1',
  );
}
