//! Which story fits what was heard: pure.
//!
//! Each sentence of the conflict is compared with each page of each story by the words they share, weighed by how rare
//! they are among the stories. Two telling words in common are the least; one is chance. Likeness of the customers then
//! orders what fits, and never makes a story fit that tells of something else.

use std::collections::{HashMap, HashSet};

use crate::index::stems;

/// Fewer words in common than these are chance.
const LEAST_WORDS: usize = 2;
/// At least this share of the weight of the best sentence.
const LEAST_SHARE: f64 = 0.18;
/// How much the likeness of the customer counts beside the words.
const LIKENESS: f64 = 0.5;
/// More are not read.
const MOST_SENTENCES: usize = 40;

/// A story.
#[derive(Clone, Debug, Default)]
pub(super) struct Story {
    /// Title and text of each page, with its number.
    pub(super) pages: Vec<(i32, String)>,
    /// Values of its facets, lower case.
    pub(super) industries: Vec<String>,
    pub(super) products: Vec<String>,
    pub(super) regions: Vec<String>,
    pub(super) tags: Vec<String>,
}

/// The customer the story is for.
#[derive(Clone, Debug, Default)]
pub(super) struct Customer {
    pub(super) industry: Option<String>,
    pub(super) product: Option<String>,
    pub(super) region: Option<String>,
    pub(super) size: Option<String>,
}

/// How a story fits.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fit {
    /// Its place in what was given.
    pub(super) story: usize,
    pub(super) score: f64,
    /// What was heard that it answers; absent where nothing was heard.
    pub(super) heard: Option<String>,
    /// The page that tells of it.
    pub(super) page: i32,
    /// The sentence of that page that tells of it most.
    pub(super) tells: Option<String>,
    /// The words in common, as they were heard.
    pub(super) words: Vec<String>,
    /// What the customers have in common, in words.
    pub(super) alike: Vec<String>,
    /// What they do not.
    pub(super) unlike: Vec<String>,
}

/// The stories that fit, best first.
pub(super) fn fits(conflict: &str, customer: &Customer, stories: &[Story]) -> Vec<Fit> {
    let heard: Vec<(String, Vec<String>)> = sentences(conflict)
        .into_iter()
        .take(MOST_SENTENCES)
        .map(|sentence| (sentence.to_owned(), stems(sentence)))
        .filter(|(_, words)| !words.is_empty())
        .collect();
    let pages: Vec<Vec<HashSet<String>>> = stories
        .iter()
        .map(|story| {
            story
                .pages
                .iter()
                .map(|(_, text)| stems(text).into_iter().collect())
                .collect()
        })
        .collect();
    let rarity = Rarity::of(&pages);
    let mut fits: Vec<Fit> = stories
        .iter()
        .zip(&pages)
        .enumerate()
        .filter_map(|(at, (story, words))| {
            let (alike, unlike, likeness) = likeness(customer, story);
            if heard.is_empty() {
                // Nothing was heard: only the likeness of the customers speaks, and it must say something.
                return (likeness >= 1.0).then(|| Fit {
                    story: at,
                    score: likeness,
                    heard: None,
                    page: story.pages.first().map_or(1, |(number, _)| *number),
                    tells: None,
                    words: Vec::new(),
                    alike,
                    unlike,
                });
            }
            let best = best_place(&heard, story, words, &rarity)?;
            Some(Fit {
                story: at,
                score: best.share * (1.0 + LIKENESS * likeness),
                heard: Some(best.sentence),
                page: best.page,
                tells: best.tells,
                words: best.words,
                alike,
                unlike,
            })
        })
        .collect();
    fits.sort_by(|a, b| b.score.total_cmp(&a.score));
    fits
}

/// How rare the words of stories are.
struct Rarity {
    stories: f64,
    known: HashMap<String, usize>,
}

impl Rarity {
    fn of(pages: &[Vec<HashSet<String>>]) -> Self {
        let mut known: HashMap<String, usize> = HashMap::new();
        for story in pages {
            let words: HashSet<&String> = story.iter().flatten().collect();
            for word in words {
                *known.entry(word.clone()).or_default() += 1;
            }
        }
        #[allow(clippy::cast_precision_loss, reason = "there are not so many stories")]
        let stories = pages.len() as f64;
        Self { stories, known }
    }

    fn weight(&self, word: &str) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "there are not so many stories")]
        let with = self.known.get(word).copied().unwrap_or_default() as f64;
        (1.0 + (self.stories - with + 0.5) / (with + 0.5)).ln()
    }

    fn of_all<'a>(&self, words: impl IntoIterator<Item = &'a String>) -> f64 {
        words.into_iter().map(|word| self.weight(word)).sum()
    }
}

struct Place {
    sentence: String,
    page: i32,
    share: f64,
    tells: Option<String>,
    words: Vec<String>,
}

/// Where a story tells most of something that was heard.
fn best_place(
    heard: &[(String, Vec<String>)],
    story: &Story,
    pages: &[HashSet<String>],
    rarity: &Rarity,
) -> Option<Place> {
    let mut best: Option<Place> = None;
    for (sentence, wanted) in heard {
        let all = rarity.of_all(wanted);
        for ((number, text), words) in story.pages.iter().zip(pages) {
            let shared: Vec<&String> = wanted.iter().filter(|word| words.contains(*word)).collect();
            let share = rarity.of_all(shared.iter().copied()) / all.max(f64::MIN_POSITIVE);
            let enough = shared.len() >= LEAST_WORDS && share >= LEAST_SHARE;
            if enough && best.as_ref().is_none_or(|best| share > best.share) {
                let shared: HashSet<&str> = shared.iter().map(|word| word.as_str()).collect();
                best = Some(Place {
                    sentence: sentence.clone(),
                    page: *number,
                    share,
                    tells: telling_sentence(text, &shared),
                    words: as_heard(sentence, &shared),
                });
            }
        }
    }
    best
}

/// The sentence of a page with most of these words.
fn telling_sentence(text: &str, shared: &HashSet<&str>) -> Option<String> {
    sentences(text)
        .into_iter()
        .map(|sentence| {
            let count = stems(sentence)
                .iter()
                .filter(|word| shared.contains(word.as_str()))
                .count();
            (count, sentence)
        })
        .filter(|(count, _)| *count > 0)
        // The first of equal ones: `max_by_key` would take the last.
        .rev()
        .max_by_key(|(count, _)| *count)
        .map(|(_, sentence)| shortened(sentence))
}

/// The words of a sentence whose stems these are, as they stand there.
fn as_heard(sentence: &str, shared: &HashSet<&str>) -> Vec<String> {
    let mut seen = HashSet::new();
    sentence
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .filter(|word| {
            stems(word)
                .iter()
                .any(|stem| shared.contains(stem.as_str()) && seen.insert(stem.clone()))
        })
        .map(str::to_owned)
        .collect()
}

/// What the customers have in common, what not, and how much that is: 1 for the industry and the product, a half for
/// size and region.
fn likeness(customer: &Customer, story: &Story) -> (Vec<String>, Vec<String>, f64) {
    let (mut alike, mut unlike, mut score) = (Vec::new(), Vec::new(), 0.0);
    let known = [
        (&customer.industry, &story.industries, "industry", 1.0),
        (&customer.product, &story.products, "product", 1.0),
        (&customer.region, &story.regions, "region", 0.5),
        (&customer.size, &story.tags, "size", 0.5),
    ];
    for (wanted, has, what, weight) in known {
        let Some(wanted) = wanted.as_deref().filter(|value| !value.trim().is_empty()) else {
            continue;
        };
        let value = wanted.trim().to_lowercase();
        let said = value.replace('_', " ");
        if has.contains(&value) {
            alike.push(format!("Same {what}: {said}"));
            score += weight;
        } else if !has.is_empty() && what != "size" {
            let other = has.join(", ").replace('_', " ");
            unlike.push(format!("Other {what}: {other}"));
        }
    }
    (alike, unlike, score)
}

fn sentences(text: &str) -> Vec<&str> {
    text.split_inclusive(['.', '!', '?', '\n', ';'])
        .map(str::trim)
        .filter(|sentence| sentence.chars().any(char::is_alphanumeric))
        .collect()
}

fn shortened(sentence: &str) -> String {
    const MOST: usize = 240;
    if sentence.chars().count() <= MOST {
        return sentence.to_owned();
    }
    let cut: String = sentence.chars().take(MOST).collect();
    format!("{}\u{2026}", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn story(text: &str, industry: &str) -> Story {
        Story {
            pages: vec![(1, "The customer".to_owned()), (2, text.to_owned())],
            industries: vec![industry.to_owned()],
            ..Story::default()
        }
    }

    fn bakery() -> Customer {
        Customer {
            industry: Some("bakery".to_owned()),
            ..Customer::default()
        }
    }

    #[test]
    fn the_story_that_tells_of_what_was_heard_comes_first_and_says_why() {
        let stories = [
            story("The ovens were idle on Mondays. Nobody knew.", "bakery"),
            story(
                "The loggers went away for calibration every audit season.",
                "logistics",
            ),
        ];
        let fits = fits(
            "Procurement wants three offers. Calibration takes the loggers away in audit season.",
            &bakery(),
            &stories,
        );
        assert_eq!(fits.len(), 1, "{fits:?}");
        assert_eq!((fits[0].story, fits[0].page), (1, 2));
        assert_eq!(
            fits[0].heard.as_deref(),
            Some("Calibration takes the loggers away in audit season.")
        );
        assert_eq!(
            fits[0].tells.as_deref(),
            Some("The loggers went away for calibration every audit season.")
        );
        assert!(fits[0].words.contains(&"Calibration".to_owned()));
        assert_eq!(fits[0].unlike, ["Other industry: logistics"]);
    }

    #[test]
    fn of_two_that_tell_the_same_the_similar_customer_wins() {
        let text = "Temperature gaps in the cold chain spoiled whole loads.";
        let stories = [story(text, "logistics"), story(text, "bakery")];
        let fits = fits(
            "They fear temperature gaps in the chain.",
            &bakery(),
            &stories,
        );
        assert_eq!(fits[0].story, 1);
        assert_eq!(fits[0].alike, ["Same industry: bakery"]);
    }

    #[test]
    fn a_similar_customer_alone_makes_no_story_fit() {
        let stories = [story("The ovens were idle on Mondays.", "bakery")];
        assert!(fits("The contract must allow an exit.", &bakery(), &stories).is_empty());
    }

    #[test]
    fn where_nothing_was_heard_the_likeness_speaks_and_says_so() {
        let stories = [story("Ovens.", "bakery"), story("Loggers.", "logistics")];
        let fits = fits(" ", &bakery(), &stories);
        assert_eq!(fits.len(), 1);
        assert_eq!(fits[0].heard, None);
    }
}
