//! Files that are two things at once.

use crate::fixtures;
use crate::{Awkward, either};

pub(crate) fn files() -> Vec<Awkward> {
    let pdf = fixtures::pdf(b"Two", &[fixtures::pdf_page("Two at once", &["text"])]);
    let docx = fixtures::docx(&fixtures::word_paragraph("Normal", "Two at once"));
    let png = fixtures::picture(40, 40, image::ImageFormat::Png);
    let gif = fixtures::picture(40, 40, image::ImageFormat::Gif);
    let jpeg = fixtures::picture(40, 40, image::ImageFormat::Jpeg);
    let page = b"<!DOCTYPE html><html><script>alert(1)</script><h1>Two</h1></html>".as_slice();
    let program = b"MZ\x90\0\x03\0\0\0".as_slice();
    let both = |one: &[u8], other: &[u8]| [one, other].concat();
    vec![
        either("pdf-and-package.pdf", both(&pdf, &docx)),
        either("pdf-and-package.docx", both(&pdf, &docx)),
        either("package-behind-a-page.html", both(page, &docx)),
        either("package-behind-a-picture.docx", both(&png, &docx)),
        either("page-behind-a-picture.gif", both(&gif, page)),
        either(
            "script-as-a-picture.gif",
            b"GIF89a=1;alert(document.cookie);//".as_slice(),
        ),
        either(
            "script-behind-a-picture.jpg",
            both(&jpeg, b"<?php system($_GET[0]); ?>"),
        ),
        either("pdf-behind-a-page.html", both(page, &pdf)),
        either("page-behind-a-pdf.pdf", both(&pdf, page)),
        either("pdf-behind-a-program.pdf", both(program, &pdf)),
        either("program-behind-a-pdf.pdf", both(&pdf, program)),
        either(
            "pdf-in-a-shape.svg",
            both(
                b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><!-- ",
                &both(&pdf, b" --></svg>"),
            ),
        ),
        either(
            "script-before-a-package.docx",
            both(b"#!/bin/sh\nexit\n", &docx),
        ),
        either("film-and-page.mp4", both(&fixtures::mp4(3, 9, 9), page)),
        either("pdf-in-a-pdf.pdf", both(b"%PDF-1.4\n%junk\n", &pdf)),
        either("pdf-behind-a-kilobyte.pdf", both(&[b'\n'; 1_000], &pdf)),
    ]
}
