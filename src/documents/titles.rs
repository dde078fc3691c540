//! Which titles are worth showing.
//!
//! Programs fill the title of a document with their own name, the name of a template or the name of a file. Such a title
//! says less than the first line of the document.

/// The title without what programs add to it, or nothing if nothing is left.
pub(super) fn worth_showing(title: &str) -> Option<String> {
    // Control characters in a title are what is left of bytes in an encoding that nobody declared.
    if title
        .trim_matches(['\0', ' ', '\n', '\r', '\t'])
        .chars()
        .any(|c| c.is_control() || c == '\u{FFFD}')
    {
        return None;
    }
    let title = title.trim_matches(|c: char| c.is_control() || c.is_whitespace());
    let title = ["Microsoft Word - ", "Microsoft PowerPoint - "]
        .iter()
        .fold(title, |title, noise| {
            title.strip_prefix(noise).unwrap_or(title)
        });
    let title = [
        ".docx", ".doc", ".pptx", ".ppt", ".xlsx", ".indd", ".odt", ".odp", ".pdf",
    ]
    .iter()
    .fold(title, |title, extension| {
        title.strip_suffix(extension).unwrap_or(title)
    })
    .trim();
    let lower = title.to_lowercase();
    let says_nothing = [
        "untitled",
        "powerpoint presentation",
        "powerpoint-präsentation",
        "word document",
        "slide 1",
        "presentation1",
        "document1",
    ];
    let is_made_up = says_nothing.contains(&lower.as_str()) || lower.starts_with("untitled ");
    (title.chars().count() >= 2 && !is_made_up).then(|| title.to_owned())
}

/// The last part of a file name without its extension.
pub(super) fn stem(file_name: &str) -> String {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    let stem = match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    };
    stem.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// What a file name says, as words. It is the text of a picture or a film that has no other: something to be found by,
/// and to be read out.
pub fn name_in_words(file_name: &str) -> String {
    stem(file_name)
        .split(|c: char| c.is_whitespace() || matches!(c, '-' | '_' | '.' | '+'))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_words() {
        assert_eq!(
            name_in_words("a/screen-energy_week v2.1.png"),
            "screen energy week v2 1"
        );
    }

    #[test]
    fn titles_that_programs_make_up_are_not_shown() {
        assert_eq!(worth_showing("untitled"), None);
        assert_eq!(worth_showing("PowerPoint Presentation"), None);
        assert_eq!(
            worth_showing("Microsoft Word - Offer.docx").as_deref(),
            Some("Offer")
        );
        assert_eq!(worth_showing(" Price list "), Some("Price list".to_owned()));
    }

    #[test]
    fn the_stem_is_the_name_without_folder_and_extension() {
        assert_eq!(stem("C:\\deck\\Offer v2.pptx"), "Offer v2");
        assert_eq!(stem(".profile"), ".profile");
    }
}
