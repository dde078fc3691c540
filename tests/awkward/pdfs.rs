//! PDF files that are too large, too deep, without an end or without what they need.

use crate::fixtures;
use crate::{Awkward, either, pages, reason};

/// A PDF of these objects; the first is the catalogue.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
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
    let size = objects.len() + 1;
    file.extend(
        format!("trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF").into_bytes(),
    );
    file
}

fn stream(dictionary: &str, content: &[u8]) -> Vec<u8> {
    let mut object = format!("<</Length {}{dictionary}>>stream\n", content.len()).into_bytes();
    object.extend(content);
    object.extend(b"\nendstream");
    object
}

/// One page with this content and these resources; more objects follow from number 5 on.
fn page(content: &str, resources: &str, more: &[Vec<u8>]) -> Vec<u8> {
    page_with("/MediaBox[0 0 595 842]", content, resources, more)
}

fn page_with(attributes: &str, content: &str, resources: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        format!("<</Type/Page/Parent 2 0 R{attributes}/Resources<<{resources}>>/Contents 4 0 R>>")
            .into_bytes(),
        stream("", content.as_bytes()),
    ];
    objects.extend_from_slice(more);
    pdf(&objects)
}

/// A page with a font that is described but not there.
fn with_font(font: &str, more: &[&str], shown: &str) -> Vec<u8> {
    let mut objects = vec![font.as_bytes().to_vec()];
    objects.extend(more.iter().map(|object| object.as_bytes().to_vec()));
    let content = format!("BT /F1 30 Tf 72 700 Td {shown} Tj ET");
    page(&content, "/Font<</F1 5 0 R>>", &objects)
}

fn fixture(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/documents");
    std::fs::read(format!("{folder}/{name}")).unwrap()
}

pub(crate) fn files() -> Vec<Awkward> {
    let mut files = sizes();
    files.extend(trees());
    files.extend(contents());
    files.extend(fonts());
    files.extend(structure());
    files
}

fn sizes() -> Vec<Awkward> {
    let text = "BT /F1 24 Tf 72 72 Td (Large) Tj ET 0 0 1 rg 0 0 200 200 re f";
    let font = "/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>";
    let boxed = |name: &str, attributes: &str| {
        either(
            format!("{name}.pdf"),
            page_with(attributes, text, font, &[]),
        )
    };
    vec![
        boxed("largest-allowed", "/MediaBox[0 0 14400 14400]"),
        boxed("twice-the-largest", "/MediaBox[0 0 28800 28800]"),
        boxed(
            "thousand-million-wide",
            "/MediaBox[0 0 1000000000 1000000000]",
        ),
        boxed(
            "beyond-all-numbers",
            "/MediaBox[0 0 1e99 999999999999999999999999999999]",
        ),
        boxed("upside-down", "/MediaBox[595 842 0 0]"),
        boxed("below-nothing", "/MediaBox[-9e8 -9e8 -8e8 -8e8]"),
        boxed("no-size", "/MediaBox[0 0 0 0]"),
        boxed("thin-as-a-hair", "/MediaBox[0 0 0.001 900]"),
        boxed("a-long-strip", "/MediaBox[0 0 10 14400]"),
        boxed("not-numbers", "/MediaBox[(a) /b null true]"),
        boxed("without-a-box", ""),
        boxed("large-units", "/MediaBox[0 0 595 842]/UserUnit 1000000"),
        boxed("turned-by-seven", "/MediaBox[0 0 595 842]/Rotate 7"),
        boxed(
            "cut-to-nothing",
            "/MediaBox[0 0 595 842]/CropBox[900 900 900 900]",
        ),
        reason(
            "five-thousand-pages.pdf",
            fixtures::pdf(b"x", &vec![Vec::new(); 5_000]),
            &["too_many_pages"],
        ),
        pages(
            "hundred-pages.pdf",
            fixtures::pdf(
                b"Hundred",
                &(1..=100)
                    .map(|at| fixtures::pdf_page(&format!("Page {at}"), &["text"]))
                    .collect::<Vec<_>>(),
            ),
        ),
    ]
}

fn trees() -> Vec<Awkward> {
    let catalogue = b"<</Type/Catalog/Pages 2 0 R>>".to_vec();
    let tree = |nodes: &[String]| {
        let mut objects = vec![catalogue.clone()];
        objects.extend(nodes.iter().map(|node| node.clone().into_bytes()));
        pdf(&objects)
    };
    let node = |kids: &str, count: &str| format!("<</Type/Pages/Kids[{kids}]/Count {count}>>");
    let leaf = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]>>".to_owned();
    let mut deep: Vec<String> = (3..=20_002)
        .map(|kid| node(&format!("{kid} 0 R"), "1"))
        .collect();
    deep.push(leaf.clone());
    let mut doubling: Vec<String> = (3..=42)
        .map(|kid| node(&format!("{kid} 0 R {kid} 0 R"), "2"))
        .collect();
    doubling.push(leaf.clone());
    vec![
        either("twenty-thousand-deep.pdf", tree(&deep)),
        either("tree-into-itself.pdf", tree(&[node("2 0 R", "1")])),
        either(
            "tree-in-a-ring.pdf",
            tree(&[node("3 0 R", "1"), node("2 0 R", "1")]),
        ),
        either(
            "page-and-ring.pdf",
            tree(&[node("3 0 R 4 0 R", "2"), leaf.clone(), node("2 0 R", "1")]),
        ),
        either("same-page-without-an-end.pdf", tree(&doubling)),
        either(
            "counts-a-thousand-million.pdf",
            tree(&[node("3 0 R", "1000000000"), leaf.clone()]),
        ),
        either(
            "counts-below-nothing.pdf",
            tree(&[node("3 0 R", "-7"), leaf.clone()]),
        ),
        reason(
            "no-kids.pdf",
            tree(&[node("", "0")]),
            &["no_pages", "damaged"],
        ),
        either(
            "kids-that-are-not-there.pdf",
            tree(&[node("77 0 R 78 0 R", "2")]),
        ),
        either("no-tree.pdf", pdf(std::slice::from_ref(&catalogue))),
        either(
            "inherits-from-itself.pdf",
            tree(&[
                "<</Type/Pages/Parent 2 0 R/Kids[3 0 R]/Count 1>>".to_owned(),
                "<</Type/Page/Parent 2 0 R>>".to_owned(),
            ]),
        ),
    ]
}

fn contents() -> Vec<Awkward> {
    let form = |resources: &str, content: &str| {
        stream(
            &format!("/Type/XObject/Subtype/Form/BBox[0 0 600 900]/Resources<<{resources}>>"),
            content.as_bytes(),
        )
    };
    let chain: Vec<Vec<u8>> = (6..2_006)
        .map(|next| form(&format!("/XObject<</X {next} 0 R>>"), "/X Do"))
        .collect();
    let doubling: Vec<Vec<u8>> = (6..46)
        .map(|next| form(&format!("/XObject<</X {next} 0 R>>"), "/X Do /X Do"))
        .chain([form("", "0 0 9 9 re f")])
        .collect();
    let zeros = fixtures::deflate(&vec![b' '; 60 << 20]);
    let picture = |attributes: &str, data: &[u8]| {
        stream(
            &format!(
                "/Type/XObject/Subtype/Image/BitsPerComponent 8/ColorSpace/DeviceRGB{attributes}"
            ),
            data,
        )
    };
    let draw = "q 500 0 0 500 0 0 cm /X Do Q";
    let named = "/XObject<</X 5 0 R>>";
    let tile = |x: &str| {
        stream(
            &format!(
                "/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep {x}/YStep {x}/Resources<<>>"
            ),
            b"0 0 1 1 re f",
        )
    };
    let tiled = "/Pattern cs /P scn 0 0 595 842 re f";
    vec![
        either(
            "form-in-itself.pdf",
            page("/X Do", named, &[form(named, "/X Do")]),
        ),
        either("two-thousand-forms-deep.pdf", page("/X Do", named, &chain)),
        either(
            "form-doubled-forty-times.pdf",
            page("/X Do", named, &doubling),
        ),
        either(
            "saved-a-million-times.pdf",
            page(&"q ".repeat(1_000_000), "", &[]),
        ),
        either(
            "restored-a-million-times.pdf",
            page(&"Q ".repeat(1_000_000), "", &[]),
        ),
        either("nested-arrays.pdf", page(&"[".repeat(500_000), "", &[])),
        either(
            "nested-dictionaries.pdf",
            page(&"<<".repeat(300_000), "", &[]),
        ),
        either(
            "million-rectangles.pdf",
            page(&"0 0 400 400 re f ".repeat(100_000), "", &[]),
        ),
        either(
            "one-long-path.pdf",
            page(
                &format!("0 0 m {} S", "9 700 l 580 9 l ".repeat(60_000)),
                "",
                &[],
            ),
        ),
        either(
            "tiny-dashes.pdf",
            page(
                &format!("[0.001] 0 d {}", "0 0 m 595 842 l S ".repeat(200)),
                "",
                &[],
            ),
        ),
        either(
            "clipped-a-lot.pdf",
            page(&"0 0 500 500 re W n ".repeat(30_000), "", &[]),
        ),
        either(
            "zeros-without-an-end.pdf",
            pdf(&[
                b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
                b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
                b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R>>".to_vec(),
                stream("/Filter/FlateDecode", &zeros),
            ]),
        ),
        either(
            "packed-twice.pdf",
            pdf(&[
                b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
                b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
                b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R>>".to_vec(),
                stream(
                    "/Filter[/FlateDecode/FlateDecode]",
                    &fixtures::deflate(&zeros),
                ),
            ]),
        ),
        either(
            "picture-of-ten-thousand-million.pdf",
            page(draw, named, &[picture("/Width 100000/Height 100000", b"x")]),
        ),
        either(
            "picture-below-nothing.pdf",
            page(draw, named, &[picture("/Width -5/Height 0", b"x")]),
        ),
        either(
            "picture-of-rubbish-jpeg.pdf",
            page(
                draw,
                named,
                &[picture(
                    "/Width 90/Height 90/Filter/DCTDecode",
                    b"\xFF\xD8\xFF\xE0rubbish",
                )],
            ),
        ),
        either(
            "picture-of-rubbish-jpx.pdf",
            page(
                draw,
                named,
                &[picture(
                    "/Width 90/Height 90/Filter/JPXDecode",
                    b"\0\0\0\x0CjP  rubbish",
                )],
            ),
        ),
        either(
            "picture-of-rubbish-jbig2.pdf",
            page(
                draw,
                named,
                &[picture(
                    "/Width 90/Height 90/Filter/JBIG2Decode",
                    &[0xFF; 300],
                )],
            ),
        ),
        either(
            "picture-of-rubbish-fax.pdf",
            page(
                draw,
                named,
                &[picture(
                    "/Width 9000/Height 9000/Filter/CCITTFaxDecode",
                    &[0x55; 900],
                )],
            ),
        ),
        either(
            "mask-of-itself.pdf",
            page(
                draw,
                named,
                &[picture("/Width 2/Height 2/SMask 5 0 R", &[9; 12])],
            ),
        ),
        either(
            "tiny-tiles.pdf",
            page(tiled, "/Pattern<</P 5 0 R>>", &[tile("0.0001")]),
        ),
        either(
            "tiles-of-nothing.pdf",
            page(tiled, "/Pattern<</P 5 0 R>>", &[tile("0")]),
        ),
        either(
            "endless-shading.pdf",
            page(
                "/S sh",
                "/Shading<</S<</ShadingType 3/ColorSpace/DeviceRGB/Coords[0 0 1e9 0 0 -1e9]/Extend[true true]/Function<</FunctionType 2/Domain[0 1]/N 99>>>>>>",
                &[],
            ),
        ),
        either(
            "function-of-itself.pdf",
            page(
                "/S sh",
                "/Shading<</S<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 9 9]/Function 5 0 R>>>>",
                &[
                    b"<</FunctionType 3/Domain[0 1]/Functions[5 0 R]/Bounds[]/Encode[0 1]>>"
                        .to_vec(),
                ],
            ),
        ),
        either(
            "groups-in-groups.pdf",
            page(
                &"/G gs ".repeat(5_000),
                "/ExtGState<</G<</SMask<</S/Luminosity/G 5 0 R>>>>>>",
                &[form(
                    "/ExtGState<</G<</SMask<</S/Luminosity/G 5 0 R>>>>>>",
                    "/G gs 0 0 9 9 re f",
                )],
            ),
        ),
        either(
            "million-letters.pdf",
            page(
                &format!(
                    "BT /F1 6 Tf 9 400 Td ({}) Tj ET",
                    "letters ".repeat(100_000)
                ),
                "/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>",
                &[],
            ),
        ),
        either(
            "inline-picture.pdf",
            page("BI /W 50000 /H 50000 /BPC 8 /CS /RGB ID x EI", "", &[]),
        ),
        either(
            "unknown-operators.pdf",
            page(&"(a) << /b 1 >> wat 1 2 3 huh ".repeat(20_000), "", &[]),
        ),
    ]
}

fn fonts() -> Vec<Awkward> {
    let describe = |key: &str, data: &str| {
        vec![
            format!(
                "<</Type/FontDescriptor/FontName/X/Flags 4/FontBBox[0 0 1 1]/ItalicAngle 0/Ascent 1/Descent 0/CapHeight 1/StemV 1/{key} 7 0 R>>"
            ),
            format!(
                "<</Length {}/Length1 9>>stream\n{data}\nendstream",
                data.len()
            ),
        ]
    };
    let embedded = |key: &str| {
        let parts = describe(key, "this is no font at all");
        with_font(
            "<</Type/Font/Subtype/TrueType/BaseFont/X/FirstChar 65/LastChar 66/Widths[500 500]/FontDescriptor 6 0 R>>",
            &[&parts[0], &parts[1]],
            "(AB)",
        )
    };
    let composite = |base: &str, encoding: &str, ordering: &str| {
        format!(
            "<</Type/Font/Subtype/Type0/BaseFont/{base}/Encoding/{encoding}/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/{base}/CIDSystemInfo<</Registry(Adobe)/Ordering({ordering})/Supplement 2>>>>]>>"
        )
    };
    vec![
        either(
            "unknown-font.pdf",
            with_font(
                "<</Type/Font/Subtype/TrueType/BaseFont/NobodyHasThis-Bold>>",
                &[],
                "(Missing)",
            ),
        ),
        either(
            "font-is-not-there.pdf",
            page("BT /F9 30 Tf 72 700 Td (Missing) Tj ET", "", &[]),
        ),
        either("rubbish-truetype.pdf", embedded("FontFile2")),
        either("rubbish-type1.pdf", embedded("FontFile")),
        either("rubbish-cff.pdf", embedded("FontFile3")),
        either(
            "chinese-not-embedded.pdf",
            with_font(
                &composite("STSong-Light", "UniGB-UCS2-H", "GB1"),
                &[],
                "<4EA754C14ECB7ECD>",
            ),
        ),
        either(
            "japanese-not-embedded.pdf",
            with_font(
                &composite("HeiseiMin-W3", "UniJIS-UCS2-H", "Japan1"),
                &[],
                "<65E5672C8A9E>",
            ),
        ),
        either(
            "korean-not-embedded.pdf",
            with_font(
                &composite("HYSMyeongJo-Medium", "UniKS-UCS2-H", "Korea1"),
                &[],
                "<D55CAD6DC5B4>",
            ),
        ),
        either(
            "arabic-by-map.pdf",
            with_font(
                "<</Type/Font/Subtype/TrueType/BaseFont/Arial/FirstChar 1/LastChar 3/Widths[500 500 500]/ToUnicode 6 0 R>>",
                &[
                    "<</Length 120>>stream\n/CIDInit /ProcSet findresource begin begincmap 3 beginbfchar <01> <0633> <02> <0644> <03> <0645> endbfchar endcmap    \nendstream",
                ],
                "<030201>",
            ),
        ),
        either(
            "map-without-an-end.pdf",
            with_font(
                "<</Type/Font/Subtype/TrueType/BaseFont/Arial/ToUnicode 6 0 R>>",
                &[
                    "<</Length 60>>stream\n1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange     \nendstream",
                ],
                "(abc)",
            ),
        ),
        either(
            "letters-that-draw-themselves.pdf",
            with_font(
                "<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[1 0 0 1 0 0]/FirstChar 97/LastChar 97/Widths[9]/Encoding<</Differences[97/a]>>/CharProcs<</a 6 0 R>>/Resources<</Font<</F1 5 0 R>>>>>>",
                &["<</Length 34>>stream\n9 0 d0 BT /F1 9 Tf (aaaa) Tj ET    \nendstream"],
                "(aaaa)",
            ),
        ),
    ]
}

fn structure() -> Vec<Awkward> {
    let sound = fixtures::pdf(b"Plan", &[fixtures::pdf_page("Plan", &["one", "two"])]);
    let place_of = |part: &[u8]| {
        sound
            .windows(part.len())
            .rposition(|found| found == part)
            .unwrap()
    };
    let table_at = place_of(b"startxref");
    let behind = |end: &str| [&sound[..table_at], end.as_bytes()].concat();
    let trailer_at = place_of(b"trailer");
    let with_trailer =
        |trailer: &str| [&sound[..trailer_at], trailer.as_bytes(), &sound[table_at..]].concat();
    let active = [
        b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(while(true){})>>/AA<</WC<</S/Launch/F(/bin/sh)>>>>/Names<</EmbeddedFiles<</Names[(x)<</Type/Filespec/F(x.exe)>>]>>>>>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 99 99]/A<</S/URI/URI(javascript:alert(1))>>>><</Type/Annot/Subtype/Link/Rect[0 0 99 99]/A<</S/GoToR/F(//127.0.0.1/x)>>>>]>>".to_vec(),
        stream("", b"0 0 99 99 re f"),
    ];
    let many_links =
        "<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(https://example.com/)>>>>"
            .repeat(30_000);
    vec![
        reason("password.pdf", fixture("encrypted.pdf"), &["encrypted"]),
        reason(
            "password-rc4.pdf",
            fixture("encrypted-rc4.pdf"),
            &["encrypted"],
        ),
        pages("no-printing.pdf", fixture("restricted.pdf")),
        either("active.pdf", pdf(&active)),
        either(
            "thirty-thousand-links.pdf",
            page_with(
                &format!("/MediaBox[0 0 595 842]/Annots[{many_links}]"),
                "0 0 9 9 re f",
                "",
                &[],
            ),
        ),
        either(
            "table-is-elsewhere.pdf",
            behind("startxref\n999999999999\n%%EOF"),
        ),
        either("table-is-nowhere.pdf", behind("")),
        either(
            "tables-in-a-ring.pdf",
            with_trailer(&format!(
                "trailer<</Size 7/Root 1 0 R/Prev {}>>\n",
                place_of(b"xref\n0")
            )),
        ),
        either(
            "root-is-a-number.pdf",
            with_trailer("trailer<</Size 7/Root 3>>\n"),
        ),
        either("root-is-itself.pdf", pdf(&[b"1 0 R".to_vec()])),
        either(
            "length-of-itself.pdf",
            pdf(&[
                b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
                b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
                b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R>>".to_vec(),
                b"<</Length 4 0 R>>stream\n0 0 9 9 re f\nendstream".to_vec(),
            ]),
        ),
        either("only-a-header.pdf", "%PDF-2.0\n"),
        either(
            "million-objects.pdf",
            [
                b"%PDF-1.7\n".as_slice(),
                (1..200_000)
                    .map(|at| format!("{at} 0 obj null endobj\n"))
                    .collect::<String>()
                    .as_bytes(),
            ]
            .concat(),
        ),
        either(
            "title-of-a-megabyte.pdf",
            fixtures::pdf(
                &vec![b'A'; 1 << 20],
                &[fixtures::pdf_page("Plan", &["one"])],
            ),
        ),
        either("two-files-in-one.pdf", [sound.as_slice(), &sound].concat()),
    ]
}
