//! HTML, Markdown and plain text beyond reason.

use crate::{Awkward, either, pages, reason};

fn utf16(text: &str, to_bytes: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(to_bytes).collect()
}

pub(crate) fn files() -> Vec<Awkward> {
    let mut files = web();
    files.extend(marks());
    files.extend(plain());
    files
}

fn web() -> Vec<Awkward> {
    let page =
        |body: &str| format!("<!DOCTYPE html><html><title>Page</title><body>{body}</body></html>");
    let deep = &["markup_bomb", "timed_out", "out_of_memory", "too_large"];
    vec![
        reason(
            "million-nested.html",
            page(&"<div>".repeat(1_000_000)),
            deep,
        ),
        reason(
            "nested-tables.html",
            page(&"<table><tr><td>".repeat(20_000)),
            deep,
        ),
        reason("nested-lists.html", page(&"<ul><li>a".repeat(50_000)), deep),
        either("nested-emphasis.html", page(&"<b><i><u>".repeat(30_000))),
        either(
            "many-siblings.html",
            page(&"<span>a</span>".repeat(200_000)),
        ),
        either(
            "many-paragraphs.html",
            page(&"<p>A paragraph.</p>".repeat(3_000)),
        ),
        either(
            "many-attributes.html",
            page(&format!(
                "<p {}>a",
                (0..50_000)
                    .map(|at| format!("a{at}=1 "))
                    .collect::<String>()
            )),
        ),
        either(
            "long-attribute.html",
            page(&format!("<p class=\"{}\">a", "x".repeat(5_000_000))),
        ),
        pages(
            "scripts.html",
            page(
                "<h1>Words</h1><script>while(true);</script><iframe src='file:///etc/passwd'></iframe><object data='http://127.0.0.1:9/'></object><embed src='x'><form action='http://127.0.0.1:9/'><input></form>",
            ),
        ),
        pages(
            "goes-elsewhere.html",
            "<!DOCTYPE html><meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'><base href='http://127.0.0.1:9/'><link rel=stylesheet href='x.css'><h1>Words</h1><img src='http://127.0.0.1:9/x.png'>",
        ),
        either(
            "only-a-script.html",
            "<!DOCTYPE html><script>document.write('x')</script>",
        ),
        either(
            "entities.html",
            page(&"&amp;&#0;&#x110000;&#xD800;&bogus;".repeat(20_000)),
        ),
        pages(
            "right-to-left.html",
            "<!DOCTYPE html><html dir=rtl lang=ar><h1>\u{0639}\u{0631}\u{0636} \u{0627}\u{0644}\u{0623}\u{0633}\u{0639}\u{0627}\u{0631}</h1><p>\u{05DE}\u{05D7}\u{05D9}\u{05E8}\u{05D9}\u{05DD} 129 \u{20AA}</p>",
        ),
        pages(
            "chinese.html",
            "<!DOCTYPE html><html lang=zh><h1>\u{4EA7}\u{54C1}\u{4ECB}\u{7ECD}</h1><p>\u{65E5}\u{672C}\u{8A9E}\u{3068}\u{D55C}\u{AD6D}\u{C5B4}</p>",
        ),
        either(
            "utf16.html",
            [
                b"\xFF\xFE".as_slice(),
                &utf16(&page("<h1>Words</h1>"), u16::to_le_bytes),
            ]
            .concat(),
        ),
        either(
            "picture-inside.html",
            page(
                "<img src='data:image/png;base64,iVBORw0KGgo='><img src='data:image/svg+xml,<svg onload=alert(1)>'><h1>Words</h1>",
            ),
        ),
        either(
            "broken-tags.html",
            page(&"<a href='<b <<< \"</".repeat(20_000)),
        ),
        either(
            "comment-without-an-end.html",
            page(&format!("<h1>a</h1><!-- {}", "-- ".repeat(300_000))),
        ),
        either(
            "template.html",
            page(&"<template><svg><math><mtext>".repeat(300)),
        ),
    ]
}

fn marks() -> Vec<Awkward> {
    vec![
        either("stars.md", format!("# a\n{}", "*".repeat(200_000))),
        either(
            "stars-and-letters.md",
            format!("# a\n{}", "*a **a ".repeat(60_000)),
        ),
        either("brackets.md", format!("# a\n{}", "[".repeat(200_000))),
        either(
            "brackets-both-ways.md",
            format!("# a\n{}{}", "[".repeat(60_000), "](b)".repeat(60_000)),
        ),
        either(
            "pictures-in-pictures.md",
            format!("# a\n{}", "![".repeat(100_000)),
        ),
        either(
            "backticks.md",
            format!(
                "# a\n{}",
                (1..150).map(|n| "`".repeat(n) + " ").collect::<String>()
            ),
        ),
        either(
            "quotes-in-quotes.md",
            format!("# a\n{}a", "> ".repeat(60_000)),
        ),
        either(
            "lists-in-lists.md",
            (0..2_000)
                .map(|depth| format!("{}- a\n", " ".repeat(depth * 2)))
                .collect::<String>(),
        ),
        either(
            "wide-table.md",
            format!(
                "# a\n\n|{}\n|{}\n|{}\n",
                "a|".repeat(10_000),
                "-|".repeat(10_000),
                "b|".repeat(10_000)
            ),
        ),
        either(
            "references.md",
            format!(
                "{}\n\n{}",
                (0..30_000)
                    .map(|at| format!("[a{at}]: http://127.0.0.1:9/\n"))
                    .collect::<String>(),
                "[a1][a2] ".repeat(20_000)
            ),
        ),
        either(
            "footnotes.md",
            (0..1_000)
                .map(|at| format!("[^{at}] [^{at}]: x[^{at}]\n\n"))
                .collect::<String>(),
        ),
        either("less-than.md", format!("# a\n{}", "<!".repeat(100_000))),
        pages(
            "page-inside.md",
            "# Words\n\n<script>alert(1)</script>\n\n<iframe src='file:///etc/passwd'></iframe>\n\n![x](file:///etc/passwd) [y](javascript:alert(1))",
        ),
    ]
}

fn plain() -> Vec<Awkward> {
    let words = "Room air is measured every minute.\n".repeat(30);
    let mark = |mark: &[u8], text: Vec<u8>| [mark, &text].concat();
    vec![
        reason("one-line-of-fifty-megabytes.txt", vec![b'a'; 50 << 20], &["too_large"]),
        either("one-line-of-fifteen-megabytes.txt", vec![b'a'; 15 << 20]),
        reason("million-lines.txt", "\na".repeat(1_000_000), &["too_many_pages", "timed_out", "out_of_memory"]),
        reason("only-breaks.txt", "\n".repeat(500_000), &["no_pages", "too_many_pages"]),
        reason("only-blanks.txt", " \t \u{A0}\n".repeat(50), &["no_pages"]),
        reason("only-a-mark.txt", b"\xEF\xBB\xBF".as_slice(), &["no_pages", "empty_file"]),
        either("nulls.txt", format!("a\0b\0c\0{words}")),
        either("nulls-late.txt", format!("{words}{words}{}\0\0\0", "x".repeat(9_000))),
        pages("not-utf8.txt", [words.as_bytes(), b"\xFF\xC0\x80\xED\xA0\x80\xF5 caf\xE9 \x80"].concat()),
        pages("latin1.txt", [words.as_bytes(), b"M\xFCnchen, Stra\xDFe, 5 \x80"].concat()),
        pages("little-endian.txt", mark(b"\xFF\xFE", utf16(&words, u16::to_le_bytes))),
        pages("big-endian.txt", mark(b"\xFE\xFF", utf16(&words, u16::to_be_bytes))),
        either("utf16-without-a-mark.txt", utf16(&words, u16::to_le_bytes)),
        either("utf16-cut.txt", mark(b"\xFF\xFE", b"a\0b\0\xD8".to_vec())),
        either("utf32.txt", mark(b"\xFF\xFE\0\0", words.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect())),
        either("bells.txt", "\x07\x08\x1B[31mred\x1B[0m\x0C".repeat(5_000)),
        either("marks-upon-marks.txt", format!("a{}", "\u{0301}".repeat(200_000))),
        pages("right-to-left.txt", "\u{05E9}\u{05DC}\u{05D5}\u{05DD} \u{0645}\u{0631}\u{062D}\u{0628}\u{0627} 2026\n\u{202E}hidden\u{202C}\n".repeat(40)),
        pages("chinese.txt", "\u{4EA7}\u{54C1}\u{4ECB}\u{7ECD}\u{3002}\u{65E5}\u{672C}\u{8A9E}\u{3002}".repeat(400)),
        pages("emoji.txt", "\u{1F469}\u{200D}\u{1F469}\u{200D}\u{1F467} \u{1F3F4}\u{E0067}\u{E007F} ".repeat(200)),
        either("one-letter.txt", "a"),
        either("one-null.txt", b"\0".as_slice()),
        reason("prices.csv.png", "a,b\n1,2\n", &["damaged", "unsupported_file"]),
    ]
}
