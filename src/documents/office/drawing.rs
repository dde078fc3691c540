//! The words of charts and diagrams inside a document.
//!
//! A chart keeps a copy of the names that it shows beside its data; a diagram keeps its points. The numbers of a chart
//! are left to its picture.

use crate::documents::Failure;
use crate::documents::xml::{self, Step};

/// Title, series and categories of a chart, each named once.
pub(super) fn chart_lines(chart: &str) -> Result<Vec<String>, Failure> {
    let mut lines: Vec<String> = Vec::new();
    let mut text = String::new();
    xml::walk(chart, |step, around| {
        let inside = |name: &str| around.iter().any(|element| element == name);
        match step {
            Step::Text(more) if around.last().is_some_and(|name| name == "t") => {
                text.push_str(more);
            }
            Step::Text(more)
                if around.last().is_some_and(|name| name == "v") && inside("strCache") =>
            {
                text.push_str(more);
            }
            Step::Close("v" | "p") => add(&mut lines, &mut text),
            _ => {}
        }
        Ok(())
    })?;
    Ok(lines)
}

/// The points of a diagram.
pub(super) fn diagram_lines(diagram: &str) -> Result<Vec<String>, Failure> {
    let mut lines = Vec::new();
    let mut text = String::new();
    xml::walk(diagram, |step, around| {
        match step {
            Step::Text(more) if around.last().is_some_and(|name| name == "t") => {
                text.push_str(more);
            }
            Step::Close("p") => add(&mut lines, &mut text),
            _ => {}
        }
        Ok(())
    })?;
    Ok(lines)
}

fn add(lines: &mut Vec<String>, text: &mut String) {
    let line = std::mem::take(text);
    let line = line.trim();
    if !line.is_empty() && !lines.iter().any(|known| known == line) {
        lines.push(line.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_give_their_names_once() {
        let chart = "<c:chart><c:title><a:p><a:r><a:t>Revenue</a:t></a:r></a:p></c:title><c:ser><c:tx><c:strRef><c:strCache><c:pt><c:v>North</c:v></c:pt></c:strCache></c:strRef></c:tx>\
            <c:cat><c:strRef><c:strCache><c:pt><c:v>Q1</c:v></c:pt></c:strCache></c:strRef></c:cat><c:val><c:numRef><c:numCache><c:pt><c:v>4.2</c:v></c:pt></c:numCache></c:numRef></c:val></c:ser>\
            <c:ser><c:cat><c:strRef><c:strCache><c:pt><c:v>Q1</c:v></c:pt></c:strCache></c:strRef></c:cat></c:ser></c:chart>";
        assert_eq!(chart_lines(chart).unwrap(), ["Revenue", "North", "Q1"]);
    }
}
