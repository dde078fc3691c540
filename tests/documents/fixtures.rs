//! Small files of every kind, made here so that what is in them can be read.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A ZIP package of these parts.
pub(crate) fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let parts: Vec<(&str, Vec<u8>)> = parts
        .iter()
        .map(|(name, text)| (*name, text.as_bytes().to_vec()))
        .collect();
    package_of_bytes(&parts)
}

pub(crate) fn package_of_bytes(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Relations of a part: identifier, kind, target.
pub(crate) fn relations(relations: &[(&str, &str, &str)]) -> String {
    let kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let list: String = relations
        .iter()
        .map(|(id, kind, target)| {
            format!("<Relationship Id=\"{id}\" Type=\"{kinds}/{kind}\" Target=\"{target}\"/>")
        })
        .collect();
    format!(
        "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{list}</Relationships>"
    )
}

fn content_types(overrides: &[(&str, &str)]) -> String {
    let list: String = overrides
        .iter()
        .map(|(part, kind)| {
            format!("<Override PartName=\"/{part}\" ContentType=\"application/vnd.openxmlformats-officedocument.{kind}+xml\"/>")
        })
        .collect();
    format!(
        "<?xml version=\"1.0\"?><Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>{list}</Types>"
    )
}

const OFFICE_NAMES: &str = "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\"";

/// A document whose body is this markup.
pub(crate) fn docx(body: &str) -> Vec<u8> {
    let document = format!(
        "<?xml version=\"1.0\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" {OFFICE_NAMES}><w:body>{body}</w:body></w:document>"
    );
    docx_with_document(&document)
}

pub(crate) fn docx_with_document(document: &str) -> Vec<u8> {
    package(&[
        (
            "[Content_Types].xml",
            &content_types(&[("word/document.xml", "wordprocessingml.document.main")]),
        ),
        (
            "_rels/.rels",
            &relations(&[("rId1", "officeDocument", "word/document.xml")]),
        ),
        ("word/document.xml", document),
    ])
}

pub(crate) fn word_paragraph(style: &str, text: &str) -> String {
    format!("<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

/// A slide of a deck.
pub(crate) struct Slide {
    pub(crate) title: &'static str,
    pub(crate) text: &'static str,
    pub(crate) hidden: bool,
}

/// A deck of slides. Each has speaker notes that nobody may see.
pub(crate) fn pptx(slides: &[Slide]) -> Vec<u8> {
    let names = format!(
        "xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\" {OFFICE_NAMES}"
    );
    let mut types = vec![(
        "ppt/presentation.xml".to_owned(),
        "presentationml.presentation.main",
    )];
    let mut parts: Vec<(String, String)> = Vec::new();
    let mut ids = String::new();
    let mut related: Vec<(String, String, String)> = Vec::new();
    // The parts are numbered backwards, so that the order of the parts is not the order of the slides.
    for (at, slide) in slides.iter().enumerate() {
        let number = slides.len() - at;
        let part = format!("ppt/slides/slide{number}.xml");
        ids += &format!("<p:sldId id=\"{}\" r:id=\"rId{number}\"/>", 256 + at);
        related.push((
            format!("rId{number}"),
            "slide".to_owned(),
            format!("slides/slide{number}.xml"),
        ));
        types.push((part.clone(), "presentationml.slide"));
        let shape = |id: usize, placeholder: &str, y: usize, text: &str| {
            format!(
                "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"x\"/><p:cNvSpPr/><p:nvPr>{placeholder}</p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x=\"600000\" y=\"{y}\"/><a:ext cx=\"8000000\" cy=\"1200000\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr/><a:p><a:r><a:rPr lang=\"en-GB\" sz=\"2400\"/><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
            )
        };
        let show = if slide.hidden { " show=\"0\"" } else { "" };
        let title = shape(2, "<p:ph type=\"title\"/>", 400_000, slide.title);
        let body = shape(3, "", 2_000_000, slide.text);
        parts.push((part.clone(), format!("<?xml version=\"1.0\"?><p:sld {names}{show}><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>{title}{body}</p:spTree></p:cSld></p:sld>")));
        let notes = format!("ppt/notesSlides/notesSlide{number}.xml");
        types.push((notes.clone(), "presentationml.notesSlide"));
        let secret = shape(2, "<p:ph type=\"body\"/>", 0, "secretnotes");
        parts.push((notes, format!("<?xml version=\"1.0\"?><p:notes {names}><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>{secret}</p:spTree></p:cSld></p:notes>")));
        let notes = format!("../notesSlides/notesSlide{number}.xml");
        parts.push((
            format!("ppt/slides/_rels/slide{number}.xml.rels"),
            relations(&[("rId1", "notesSlide", &notes)]),
        ));
    }
    let related: Vec<(&str, &str, &str)> = related
        .iter()
        .map(|(id, kind, to)| (&**id, &**kind, &**to))
        .collect();
    let types: Vec<(&str, &str)> = types.iter().map(|(part, kind)| (&**part, *kind)).collect();
    parts.push(("[Content_Types].xml".to_owned(), content_types(&types)));
    parts.push((
        "_rels/.rels".to_owned(),
        relations(&[
            ("rId1", "officeDocument", "ppt/presentation.xml"),
            ("rId2", "metadata/core-properties", "docProps/core.xml"),
        ]),
    ));
    parts.push(("docProps/core.xml".to_owned(), "<?xml version=\"1.0\"?><cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>Company &amp; product</dc:title></cp:coreProperties>".to_owned()));
    parts.push((
        "ppt/_rels/presentation.xml.rels".to_owned(),
        relations(&related),
    ));
    parts.push(("ppt/presentation.xml".to_owned(), format!("<?xml version=\"1.0\"?><p:presentation {names}><p:sldIdLst>{ids}</p:sldIdLst><p:sldSz cx=\"9144000\" cy=\"5143500\"/><p:notesSz cx=\"6858000\" cy=\"9144000\"/></p:presentation>")));
    let parts: Vec<(&str, &str)> = parts
        .iter()
        .map(|(name, text)| (&**name, &**text))
        .collect();
    package(&parts)
}

/// A workbook of sheets: name, whether it is hidden, rows of cells. Cells that are numbers have the format with thousands.
pub(crate) fn xlsx(sheets: &[(&str, bool, &[&[&str]])]) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let mut parts: Vec<(String, String)> = Vec::new();
    let (mut list, mut related) = (String::new(), Vec::new());
    for (at, (name, hidden, rows)) in sheets.iter().enumerate() {
        let number = at + 1;
        let state = if *hidden { " state=\"hidden\"" } else { "" };
        list +=
            &format!("<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"rId{number}\"{state}/>");
        related.push((
            format!("rId{number}"),
            "worksheet".to_owned(),
            format!("worksheets/sheet{number}.xml"),
        ));
        let mut data = String::new();
        for (row, cells) in (1..).zip(*rows) {
            data += &format!("<row r=\"{row}\">");
            for (column, text) in ('A'..).zip(*cells) {
                data += &match text.parse::<f64>() {
                    Ok(value) => format!("<c r=\"{column}{row}\" s=\"1\"><v>{value}</v></c>"),
                    Err(_) => {
                        format!("<c r=\"{column}{row}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
                    }
                };
            }
            data += "</row>";
        }
        parts.push((
            format!("xl/worksheets/sheet{number}.xml"),
            format!("<?xml version=\"1.0\"?><worksheet xmlns=\"{main}\"><sheetData>{data}</sheetData></worksheet>"),
        ));
    }
    related.push((
        "rId99".to_owned(),
        "styles".to_owned(),
        "styles.xml".to_owned(),
    ));
    let related: Vec<(&str, &str, &str)> = related
        .iter()
        .map(|(id, kind, to)| (&**id, &**kind, &**to))
        .collect();
    parts.push(("xl/_rels/workbook.xml.rels".to_owned(), relations(&related)));
    parts.push(("xl/styles.xml".to_owned(), format!("<?xml version=\"1.0\"?><styleSheet xmlns=\"{main}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"4\"/></cellXfs></styleSheet>")));
    parts.push((
        "_rels/.rels".to_owned(),
        relations(&[("rId1", "officeDocument", "xl/workbook.xml")]),
    ));
    parts.push(("xl/workbook.xml".to_owned(), format!("<?xml version=\"1.0\"?><workbook xmlns=\"{main}\" {OFFICE_NAMES}><sheets>{list}</sheets></workbook>")));
    let parts: Vec<(&str, &str)> = parts
        .iter()
        .map(|(name, text)| (&**name, &**text))
        .collect();
    package(&parts)
}

/// An OpenDocument package with this content.
pub(crate) fn open_document(kind: &str, body: &str) -> Vec<u8> {
    let names = ["office", "text", "table", "style", "presentation"]
        .map(|name| format!("xmlns:{name}=\"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0\""))
        .join(" ");
    let media = format!("application/vnd.oasis.opendocument.{kind}");
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content {names} xmlns:draw=\"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0\" xmlns:svg=\"urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0\" office:version=\"1.2\"><office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    );
    let manifest = format!(
        "<?xml version=\"1.0\"?><manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" manifest:version=\"1.2\"><manifest:file-entry manifest:full-path=\"/\" manifest:media-type=\"{media}\"/><manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/></manifest:manifest>"
    );
    package(&[
        ("mimetype", &media),
        ("content.xml", &content),
        ("META-INF/manifest.xml", &manifest),
    ])
}

/// A PDF with one page for each content stream, in Helvetica as `/F1`.
pub(crate) fn pdf(title: &[u8], pages: &[Vec<u8>]) -> Vec<u8> {
    let mut objects: Vec<Vec<u8>> = Vec::new();
    let kids: Vec<String> = (0..pages.len())
        .map(|at| format!("{} 0 R", 5 + at * 2))
        .collect();
    let hex: String = title.iter().map(|byte| format!("{byte:02X}")).collect();
    objects.push(b"<</Type/Catalog/Pages 2 0 R>>".to_vec());
    objects.push(
        format!(
            "<</Type/Pages/Kids[{}]/Count {}>>",
            kids.join(" "),
            pages.len()
        )
        .into_bytes(),
    );
    objects
        .push(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_vec());
    objects.push(format!("<</Title<{hex}>>>").into_bytes());
    for (at, content) in pages.iter().enumerate() {
        let link = "<</Type/Annot/Subtype/Link/Rect[100 700 300 740]/A<</S/URI/URI(https://example.com/offer)>>>>";
        objects.push(format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents {} 0 R/Annots[{link}]>>", 6 + at * 2).into_bytes());
        let mut stream = format!(
            "<</Length {}/Filter/FlateDecode>>stream\n",
            deflate(content).len()
        )
        .into_bytes();
        stream.extend(deflate(content));
        stream.extend(b"\nendstream");
        objects.push(stream);
    }
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend(format!("{} 0 obj\n", at + 1).into_bytes());
        file.extend(object);
        file.extend(b"\nendobj\n");
    }
    let table = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).into_bytes());
    for place in places {
        file.extend(format!("{place:010} 00000 n \n").into_bytes());
    }
    file.extend(
        format!(
            "trailer<</Size {}/Root 1 0 R/Info 4 0 R>>\nstartxref\n{table}\n%%EOF",
            objects.len() + 1
        )
        .into_bytes(),
    );
    file
}

/// The content of a page: a heading and lines below it.
pub(crate) fn pdf_page(heading: &str, lines: &[&str]) -> Vec<u8> {
    let mut content = format!("BT /F1 28 Tf 72 760 Td ({heading}) Tj ET\n");
    for (y, line) in (0..).step_by(18).zip(lines) {
        content += &format!("BT /F1 12 Tf 72 {} Td ({line}) Tj ET\n", 700 - y);
    }
    content.into_bytes()
}

/// Bytes in the format that PDF and PNG share.
pub(crate) fn deflate(bytes: &[u8]) -> Vec<u8> {
    // A ZIP entry holds a raw stream, between a header of its own and the directory.
    let zip = package_of_bytes(&[("x", bytes.to_vec())]);
    let size = u32::from_le_bytes(zip[18..22].try_into().unwrap()) as usize;
    let start = 30 + usize::from(zip[26]) + usize::from(zip[28]);
    let mut stream = vec![0x78, 0x9C];
    stream.extend(&zip[start..start + size]);
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in bytes {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    stream.extend((b << 16 | a).to_be_bytes());
    stream
}

/// A picture of two halves: red above, blue below.
pub(crate) fn picture(width: u32, height: u32, format: image::ImageFormat) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(width, height, |_, y| {
        image::Rgb(if y < height / 2 {
            [220, 30, 30]
        } else {
            [30, 30, 220]
        })
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A PNG that claims a size without having the pixels.
pub(crate) fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    let chunk = |name: &[u8; 4], content: &[u8]| {
        let body = [name.as_slice(), content].concat();
        let mut chunk = u32::try_from(content.len()).unwrap().to_be_bytes().to_vec();
        chunk.extend(&body);
        chunk.extend(crc(&body).to_be_bytes());
        chunk
    };
    let header = [
        &width.to_be_bytes()[..],
        &height.to_be_bytes(),
        &[8, 2, 0, 0, 0],
    ]
    .concat();
    let start = b"\x89PNG\r\n\x1a\n".to_vec();
    [
        start,
        chunk(b"IHDR", &header),
        chunk(b"IDAT", &deflate(&[0; 4096])),
        chunk(b"IEND", &[]),
    ]
    .concat()
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                crc >> 1 ^ 0xEDB8_8320
            } else {
                crc >> 1
            }
        })
    })
}

/// The boxes of an MP4 that say how long and how large it is.
pub(crate) fn mp4(seconds: u32, width: u16, height: u16) -> Vec<u8> {
    let in_box = |name: &[u8; 4], content: &[u8]| {
        let size = u32::try_from(content.len() + 8).unwrap().to_be_bytes();
        [&size[..], name, content].concat()
    };
    let mut movie = vec![0; 100];
    movie[12..16].copy_from_slice(&1_u32.to_be_bytes());
    movie[16..20].copy_from_slice(&seconds.to_be_bytes());
    let mut track = vec![0; 84];
    track[76..78].copy_from_slice(&width.to_be_bytes());
    track[80..82].copy_from_slice(&height.to_be_bytes());
    let track = in_box(b"trak", &in_box(b"tkhd", &track));
    [
        in_box(b"ftyp", b"isom\0\0\0\0"),
        in_box(b"moov", &[in_box(b"mvhd", &movie), track].concat()),
    ]
    .concat()
}
