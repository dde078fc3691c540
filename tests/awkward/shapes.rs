//! SVG that runs, reaches out, repeats or blows itself up.

use crate::fixtures;
use crate::{Awkward, either, reason};

fn svg(attributes: &str, content: &str) -> String {
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' {attributes}>{content}</svg>"
    )
}

fn laughs() -> String {
    let mut entities = "<!ENTITY a0 'ha'>".to_owned();
    for level in 1..30 {
        let before = format!("&a{};", level - 1).repeat(10);
        entities += &format!("<!ENTITY a{level} '{before}'>");
    }
    format!(
        "<?xml version='1.0'?><!DOCTYPE svg [{entities}]><svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><text>&a29;</text></svg>"
    )
}

pub(crate) fn files() -> Vec<Awkward> {
    let size = "width='300' height='200'";
    let draw = "<rect width='100' height='80' fill='#063'/>";
    let uses: String = (1..30)
        .map(|level| {
            let before = format!("<use xlink:href='#u{}'/>", level - 1).repeat(10);
            format!("<g id='u{level}'>{before}</g>")
        })
        .collect();
    let bomb = base64_of(&fixtures::png_claiming(50_000, 50_000));
    let thousand_points: String = (0..200_000)
        .map(|at| format!("L{} {} ", at % 300, (at * 7) % 200))
        .collect();
    let filters: String = (0..300)
        .map(|_| "<feGaussianBlur stdDeviation='400'/><feMorphology operator='dilate' radius='300'/>")
        .collect();
    let bad = &[
        "markup_bomb",
        "damaged",
        "too_large",
        "out_of_memory",
        "timed_out",
    ];
    vec![
        reason("laughs.svg", laughs(), bad),
        reason(
            "reads-a-file.svg",
            "<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><text>&x;</text></svg>",
            bad,
        ),
        either(
            "script.svg",
            svg(
                size,
                &format!(
                    "<script>while(true);</script>{draw}<a href='javascript:alert(1)'>{draw}</a>"
                ),
            ),
        ),
        either(
            "onload.svg",
            svg(&format!("{size} onload='alert(1)'"), draw),
        ),
        either(
            "foreign-object.svg",
            svg(
                size,
                &format!(
                    "{draw}<foreignObject width='99' height='99'><body xmlns='http://www.w3.org/1999/xhtml'><iframe src='file:///etc/passwd'/></body></foreignObject>"
                ),
            ),
        ),
        either(
            "reaches-out.svg",
            svg(
                size,
                &format!(
                    "<style>@import url(http://127.0.0.1:9/x.css);</style><image href='http://127.0.0.1:9/x.png' width='9' height='9'/><image href='file:///etc/hostname' width='9' height='9'/><use href='http://127.0.0.1:9/x.svg#a'/>{draw}"
                ),
            ),
        ),
        either(
            "thousand-million-uses.svg",
            svg(
                size,
                &format!("<defs><g id='u0'>{draw}</g>{uses}</defs><use xlink:href='#u29'/>"),
            ),
        ),
        either(
            "uses-itself.svg",
            svg(
                size,
                "<g id='a'><use xlink:href='#b'/></g><g id='b'><use xlink:href='#a'/></g>",
            ),
        ),
        either(
            "mask-of-itself.svg",
            svg(
                size,
                "<mask id='m' mask='url(#m)'><rect width='9' height='9'/></mask><rect width='99' height='99' mask='url(#m)'/>",
            ),
        ),
        either(
            "clip-of-itself.svg",
            svg(
                size,
                "<clipPath id='c' clip-path='url(#d)'><rect width='9' height='9'/></clipPath><clipPath id='d' clip-path='url(#c)'><rect width='9' height='9'/></clipPath><rect width='99' height='99' clip-path='url(#c)'/>",
            ),
        ),
        either(
            "huge-filter.svg",
            svg(
                size,
                &format!(
                    "<filter id='f' x='-900' y='-900' width='90000' height='90000'>{filters}</filter><rect width='99' height='99' filter='url(#f)'/>"
                ),
            ),
        ),
        either(
            "endless-noise.svg",
            svg(
                size,
                "<filter id='f'><feTurbulence baseFrequency='0.9' numOctaves='1000000'/></filter><rect width='300' height='200' filter='url(#f)'/>",
            ),
        ),
        either(
            "tiny-tiles.svg",
            svg(
                size,
                "<pattern id='p' width='0.0001' height='0.0001' patternUnits='userSpaceOnUse'><rect width='1' height='1'/></pattern><rect width='300' height='200' fill='url(#p)'/>",
            ),
        ),
        either(
            "tiny-dashes.svg",
            svg(
                size,
                "<path d='M0 0H300V200H0Z' stroke='#000' stroke-dasharray='0.00001'/>",
            ),
        ),
        either(
            "as-large-as-the-sun.svg",
            svg("width='1e9' height='1e9'", draw),
        ),
        either("longer-than-wide.svg", svg("width='1' height='1e7'", draw)),
        reason("no-size.svg", svg("width='0' height='0'", draw), bad),
        either("not-a-number.svg", svg("viewBox='NaN NaN NaN NaN'", draw)),
        either(
            "below-nothing.svg",
            svg("width='-5' height='-5' viewBox='0 0 -9 -9'", draw),
        ),
        reason(
            "deep-groups.svg",
            svg(
                size,
                &format!("{}{}", "<g>".repeat(200_000), "</g>".repeat(200_000)),
            ),
            bad,
        ),
        either(
            "four-hundred-groups.svg",
            svg(
                size,
                &format!(
                    "{}{draw}{}",
                    "<g opacity='0.99'>".repeat(400),
                    "</g>".repeat(400)
                ),
            ),
        ),
        either(
            "a-long-line.svg",
            svg(
                size,
                &format!("<path d='M0 0 {thousand_points}' stroke='#000' fill='none'/>"),
            ),
        ),
        either(
            "many-points-filled.svg",
            svg(size, &format!("<path d='M0 0 {thousand_points}Z'/>")),
        ),
        either(
            "a-bomb-inside.svg",
            svg(
                size,
                &format!(
                    "{draw}<image width='99' height='99' href='data:image/png;base64,{bomb}'/>"
                ),
            ),
        ),
        either("a-picture-of-itself.svg", {
            let inner = base64_of(svg(size, draw).as_bytes());
            let mut nested = inner;
            for _ in 0..12 {
                nested = base64_of(svg(size, &format!("<image width='300' height='200' href='data:image/svg+xml;base64,{nested}'/>")).as_bytes());
            }
            svg(
                size,
                &format!(
                    "<image width='300' height='200' href='data:image/svg+xml;base64,{nested}'/>"
                ),
            )
        }),
        either(
            "a-megabyte-of-text.svg",
            svg(
                size,
                &format!("<text y='50'>{}</text>", "word ".repeat(200_000)),
            ),
        ),
        either(
            "right-to-left.svg",
            svg(
                size,
                "<text x='250' y='50' direction='rtl'>\u{05E9}\u{05DC}\u{05D5}\u{05DD} \u{0645}\u{0631}\u{062D}\u{0628}\u{0627}</text>",
            ),
        ),
        either(
            "without-an-end.svg",
            "<svg xmlns='http://www.w3.org/2000/svg'><g>",
        ),
    ]
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
